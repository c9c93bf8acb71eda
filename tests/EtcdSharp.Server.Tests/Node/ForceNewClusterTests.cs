using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Server.Tests.Peer;

namespace EtcdSharp.Server.Tests.Node;

public sealed class ForceNewClusterTests
{
    [Fact]
    public async Task TheLastOfThreeMembersGoesOnAlone()
    {
        var force = false;
        await using var cluster = await TestCluster.StartAsync(3, options => options with { ForceNewCluster = force });
        await cluster.PutAsync("m1", "before", "kept");
        Assert.Equal("kept", await cluster.GetAsync("m3", "before"));
        await cluster.StopMemberAsync("m1");
        await cluster.StopMemberAsync("m2");
        await cluster.StopMemberAsync("m3");

        force = true;
        await cluster.StartMemberAsync("m3");
        Assert.Equal("kept", await cluster.GetAsync("m3", "before"));
        await cluster.PutAsync("m3", "after", "written alone");
        var view = cluster.Members["m3"].Store.Cluster.View;
        Assert.Equal([cluster.Members["m3"].MemberId], view.Members.Select(member => member.Id));
        Assert.Equal(2, view.Removed.Count);

        await cluster.StopMemberAsync("m3");
        force = false;
        await cluster.StartMemberAsync("m3");
        Assert.Equal("written alone", await cluster.GetAsync("m3", "after"));
    }

    [Fact]
    public void WhatIsNotKnownToBeCommittedIsDroppedAndPendingChangesAreUndone()
    {
        var view = View(new MemberInfo(1, ["http://a"]), new MemberInfo(2, ["http://b"]), new MemberInfo(3, ["http://c"]));
        Entry[] log =
        [
            new(EntryType.Normal, 4, 10, new byte[] { 1 }),
            Change(11, ConfChangeType.RemoveNode, 3),
            Change(12, ConfChangeType.AddLearnerNode, 9),
            new(EntryType.Normal, 4, 13, new byte[] { 1 }),
            Change(14, ConfChangeType.RemoveNode, 1),
        ];
        var (kept, added) = ForcedCluster.Rewrite(1, view, log, applied: 10, new HardState(5, 1, 13), commit: 13);
        Assert.Equal([10UL, 11, 12, 13], kept.Select(entry => entry.Index));
        Assert.Equal([(14UL, 5UL), (15UL, 5UL)], added.Select(entry => (entry.Index, entry.Term)));
        Assert.Equal([(ConfChangeType.RemoveNode, 2UL), (ConfChangeType.RemoveNode, 9UL)], added.Select(Decode));
    }

    [Fact]
    public void ALearnerBecomesAVoterBeforeTheOthersGo()
    {
        var view = View(new MemberInfo(1, ["http://a"]), new MemberInfo(2, ["http://b"], IsLearner: true));
        var (_, added) = ForcedCluster.Rewrite(2, view, [], applied: 10, new HardState(5, 1, 10), commit: 10);
        Assert.Equal([(ConfChangeType.AddNode, 2UL), (ConfChangeType.RemoveNode, 1UL)], added.Select(Decode));
    }

    private static ClusterView View(params MemberInfo[] members) =>
        members.Aggregate(new ClusterView(), static (view, member) => view.With(member));

    private static Entry Change(ulong index, ConfChangeType type, ulong id) =>
        new(EntryType.ConfChange, 4, index, RaftWire.ToBytes(new ConfChange(0, type, id, default)));

    private static (ConfChangeType Type, ulong Id) Decode(Entry entry)
    {
        Assert.True(RaftWire.TryDecode(entry.Data, out ConfChange? change));
        return (change.Type, change.NodeId);
    }
}
