using EtcdSharp.Replica.Requests;
using Google.Protobuf;

namespace EtcdSharp.Simulation.Clients;

/// <summary>One call of a client: what it asks, and what the client side knew when it asked.</summary>
internal sealed record Operation(ulong Id, RequestKind Kind, IMessage Request, bool IsSerializable = false)
{
    public const RequestKind KeepAlive = (RequestKind)(-1);

    public long InvokedAt { get; init; }

    /// <summary>The highest revision in any answer that had reached any client by then.</summary>
    public long KnownRevision { get; init; }

    /// <summary>The highest log index of any acknowledged write by then.</summary>
    public ulong KnownIndex { get; init; }

    public bool IsReplicated => Kind is not (RequestKind.Range or KeepAlive);
}
