using System.Runtime.InteropServices;
using EtcdSharp.Replica.Auth;

namespace EtcdSharp.Replica.Requests;

/// <summary>Where in an entry's data the request is, and whose it is.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Id">Of the call that waits for it, at the member that proposed it.</param>
/// <param name="BodyStart">The first byte of the encoded request.</param>
/// <param name="BodyLength">Its length.</param>
/// <param name="Caller">The user who asks; null where nobody was named.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DecodedRequest(RequestKind Kind, ulong Id, int BodyStart, int BodyLength, Caller? Caller)
{
    public ReadOnlySpan<byte> Body(ReadOnlySpan<byte> data) => data.Slice(BodyStart, BodyLength);
}
