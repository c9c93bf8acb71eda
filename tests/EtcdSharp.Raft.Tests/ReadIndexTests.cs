using System.Text;
using EtcdSharp.Raft.Tests.Scripting;

namespace EtcdSharp.Raft.Tests;

public sealed class ReadIndexTests
{
    private static readonly ReadOnlyMemory<byte> Context = Encoding.ASCII.GetBytes("read-1");

    [Fact]
    public void A_quorum_confirms_a_read_on_the_leader()
    {
        var cluster = new Cluster(3);
        cluster.Elect(1);
        cluster[1].ReadIndex(Context);
        cluster.Process(1);
        Assert.Empty(cluster.Reads(1));
        cluster.Settle();
        AssertAnswered(cluster, 1);
    }

    [Fact]
    public void A_read_on_a_follower_is_answered_by_the_leader()
    {
        var cluster = new Cluster(3);
        cluster.Elect(1);
        cluster[2].ReadIndex(Context);
        cluster.Settle();
        AssertAnswered(cluster, 2);
        Assert.Empty(cluster.Reads(1));
    }

    [Fact]
    public void One_heartbeat_round_confirms_all_reads_before_it()
    {
        var cluster = new Cluster(3);
        cluster.Elect(1);
        for (var i = 0; i < 5; i++)
        {
            cluster[1].ReadIndex(new byte[] { (byte)i });
        }

        cluster.Process(1);

        // Only the answer to the last heartbeat comes back: it stands for all.
        var last = cluster.Wire.Last(message => message.Type == MessageType.MsgHeartbeat && message.To == 2);
        cluster.Wire.Clear();
        cluster[2].Step(last);
        cluster.Settle();
        Assert.Equal([0, 1, 2, 3, 4], cluster.Reads(1).Select(read => (int)read.RequestContext.Span[0]));
    }

    [Fact]
    public void A_leader_that_is_cut_off_answers_no_read()
    {
        var cluster = new Cluster(3);
        cluster.Elect(1);
        cluster.CutOff.Add(1);
        cluster.Elect(2);
        cluster[2].Propose(new byte[] { 1 });
        cluster.Settle();

        cluster[1].ReadIndex(Context);
        Cluster.Tick(cluster[1], 5);
        cluster.Settle();
        Assert.Equal(RaftRole.Leader, cluster[1].BasicStatus.SoftState.Role);
        Assert.Empty(cluster.Reads(1));
    }

    [Fact]
    public void A_new_leader_answers_only_after_its_first_commit()
    {
        var cluster = new Cluster(3);
        cluster[1].Campaign();
        cluster.Process(1);
        cluster.Wire.Clear();
        var term = cluster[1].BasicStatus.HardState.Term;
        cluster[1]
            .Step(
                new Message
                {
                    Type = MessageType.MsgVoteResp,
                    From = 2,
                    To = 1,
                    Term = term,
                }
            );
        Assert.Equal(RaftRole.Leader, cluster[1].BasicStatus.SoftState.Role);
        cluster[1].ReadIndex(Context);
        cluster.Process(1);
        Assert.DoesNotContain(cluster.Wire, message => message.Type == MessageType.MsgHeartbeat);
        cluster.Settle();
        AssertAnswered(cluster, 1);
        Assert.Equal(cluster[1].BasicStatus.LastIndex, cluster.Reads(1)[0].Index);
    }

    [Fact]
    public void With_a_lease_the_leader_answers_at_once()
    {
        var cluster = new Cluster(3, LeaseBased);
        cluster.Elect(1);
        cluster[1].ReadIndex(Context);
        cluster.Process(1);
        AssertAnswered(cluster, 1);
    }

    [Fact]
    public void A_lease_ends_when_no_quorum_answers()
    {
        var cluster = new Cluster(3, LeaseBased);
        cluster.Elect(1);
        cluster.CutOff.Add(1);
        Cluster.Tick(cluster[1], 30);
        cluster.Settle();
        Assert.Equal(RaftRole.Follower, cluster[1].BasicStatus.SoftState.Role);
        cluster[1].ReadIndex(Context);
        cluster.Settle();
        Assert.Empty(cluster.Reads(1));
    }

    [Fact]
    public void A_single_member_answers_at_once()
    {
        var cluster = new Cluster(1);
        cluster.Elect(1);
        cluster[1].ReadIndex(Context);
        cluster.Process(1);
        AssertAnswered(cluster, 1);
    }

    [Fact]
    public void Read_requests_from_the_network_without_an_entry_are_ignored()
    {
        var cluster = new Cluster(3);
        cluster.Elect(1);
        Assert.Equal(
            StepResult.Ok,
            cluster[1]
                .Step(
                    new Message
                    {
                        Type = MessageType.MsgReadIndex,
                        From = 2,
                        To = 1,
                    }
                )
        );
        cluster.Settle();
        Assert.Empty(cluster.Reads(1));
        Assert.Empty(cluster.Reads(2));
    }

    private static void AssertAnswered(Cluster cluster, ulong id)
    {
        var read = Assert.Single(cluster.Reads(id));
        Assert.Equal(Context.ToArray(), read.RequestContext.ToArray());
        Assert.True(read.Index >= 2);
    }

    private static RaftConfig LeaseBased(RaftConfig config) =>
        new()
        {
            Id = config.Id,
            ElectionTicks = config.ElectionTicks,
            HeartbeatTicks = config.HeartbeatTicks,
            Storage = config.Storage,
            Randomness = new SequenceRandomness(config.Id),
            Applied = config.Applied,
            MaxInflightMessages = config.MaxInflightMessages,
            CheckQuorum = true,
            ReadOnly = ReadOnlyMode.LeaseBased,
        };
}
