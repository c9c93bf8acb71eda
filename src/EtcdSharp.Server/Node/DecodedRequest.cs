using System.Runtime.InteropServices;

namespace EtcdSharp.Server.Node;

/// <summary>Where in an entry's data the request is, and whose it is.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DecodedRequest(RequestKind Kind, ulong Id, int BodyStart, int BodyLength)
{
    public ReadOnlySpan<byte> Body(ReadOnlySpan<byte> data) => data.Slice(BodyStart, BodyLength);
}
