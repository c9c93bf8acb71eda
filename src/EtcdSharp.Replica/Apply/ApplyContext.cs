using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Replica.Apply;

/// <summary>One request on its way down the chain.</summary>
internal readonly ref struct ApplyContext(
    RequestKind kind,
    ReadOnlySpan<byte> body,
    ulong index,
    Caller? caller,
    bool someoneWaits
)
{
    public RequestKind Kind { get; } = kind;

    /// <summary>The encoded request, within the entry's data.</summary>
    public ReadOnlySpan<byte> Body { get; } = body;

    /// <summary>Of the log entry.</summary>
    public ulong Index { get; } = index;

    /// <summary>Who asks; null where nobody was named.</summary>
    public Caller? Caller { get; } = caller;

    /// <summary>False when no caller of this member waits, so that no response need be made.</summary>
    public bool SomeoneWaits { get; } = someoneWaits;
}
