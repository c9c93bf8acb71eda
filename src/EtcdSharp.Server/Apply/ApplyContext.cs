using EtcdSharp.Server.Node;

namespace EtcdSharp.Server.Apply;

/// <summary>One request on its way down the chain.</summary>
internal readonly ref struct ApplyContext(RequestKind kind, ReadOnlySpan<byte> body, bool someoneWaits)
{
    public RequestKind Kind { get; } = kind;

    /// <summary>The encoded request, within the entry's data.</summary>
    public ReadOnlySpan<byte> Body { get; } = body;

    /// <summary>False when no caller of this member waits, so that no response need be made.</summary>
    public bool SomeoneWaits { get; } = someoneWaits;
}
