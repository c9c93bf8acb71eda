using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Node;

/// <summary>The transport of a member that has no others to talk to; what is sent is lost, as on a cut network.</summary>
internal sealed class NoPeers : IPeerTransport
{
    public void Send(ReadOnlySpan<Message> messages) { }

    public void SendSnapshot(Message message, BackendSnapshot store) => store.Dispose();

    public void AddPeer(MemberInfo member) { }

    public void UpdatePeer(MemberInfo member) { }

    public void RemovePeer(ulong id) { }

    public DateTimeOffset? ActiveSince(ulong id) => null;
}
