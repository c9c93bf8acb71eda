using EtcdSharp.Raft;
using EtcdSharp.Server.Membership;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Server.Node;

/// <summary>The way to the other members. No call may block: a message that cannot leave now is dropped, raft sends again.</summary>
internal interface IPeerTransport : IPeerSet
{
    /// <summary>On the raft loop, in order. Append messages come before this member's own sync (Raft thesis, 10.2.1).</summary>
    void Send(ReadOnlySpan<Message> messages);

    /// <summary>On the snapshots thread: the store goes with the message, and is the transport's to dispose.</summary>
    void SendSnapshot(Message message, BackendSnapshot store);

    /// <summary>Since when there is a working connection to the member; null when there is none.</summary>
    DateTimeOffset? ActiveSince(ulong id);
}
