using System.Buffers;
using EtcdSharp.Node;
using EtcdSharp.Node.Peers.Transport;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Simulation.Members;

/// <summary>A member's ways to the others: it reaches those that it has been told of, as <see cref="PeerTransport"/> does.</summary>
internal sealed class SimTransport(SimMember self) : IPeerTransport
{
    private readonly HashSet<ulong> _peers = [];
    private byte[]? _oldStore;

    public void Open(IEnumerable<MemberInfo> members)
    {
        _peers.Clear();
        _peers.UnionWith(members.Select(member => member.Id));
    }

    /// <summary>A member that the applied log does not know of yet has sent something, and with it where it can be reached.</summary>
    public void AddRemote(ulong id) => _peers.Add(id);

    public void Send(ReadOnlySpan<Message> messages)
    {
        foreach (var message in messages)
        {
            if (_peers.Contains(message.To))
            {
                self.World.Network.Send(
                    self,
                    self.World.Defect == Defect.LearnerVoteCounts ? DefectiveVotes.Disguise(self, message) : message
                );
            }
        }
    }

    public void SendSnapshot(Message message, BackendSnapshot store)
    {
        using var held = store;
        var metadata = message.Snapshot!.Metadata;
        self.World.Note($"member {self.Number} sends a snapshot at {metadata.Index}");
        var body = Body(message, store);
        if (self.World.Defect == Defect.OlderSnapshotRestored)
        {
            _oldStore ??= Image(store);
            body = DefectiveStarts.WithOlderStore(message, _oldStore);
        }

        self.World.Network.SendSnapshot(self, message, body);
    }

    public void AddPeer(MemberInfo member) => _peers.Add(member.Id);

    public void UpdatePeer(MemberInfo member) => _peers.Add(member.Id);

    public void RemovePeer(ulong id) => _peers.Remove(id);

    public DateTimeOffset? ActiveSince(ulong id) => null;

    private static byte[] Body(Message message, BackendSnapshot store)
    {
        using var content = new SnapshotContent(message, store, static _ => { });
        using var body = new MemoryStream();
        content.CopyToAsync(body).GetAwaiter().GetResult();
        return body.ToArray();
    }

    private static byte[] Image(BackendSnapshot store)
    {
        using var file = new MemoryStream();
        store.WriteTo(file);
        return file.ToArray();
    }
}
