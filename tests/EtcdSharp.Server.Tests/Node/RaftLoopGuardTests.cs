using EtcdSharp.Node;
using EtcdSharp.Node.Loops;
using EtcdSharp.Node.Proposals;
using EtcdSharp.Node.Reads;
using EtcdSharp.Platform;
using EtcdSharp.Raft;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Node;

public sealed class RaftLoopGuardTests
{
    private const ulong Self = 1;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource<Exception> _fatal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task What_the_loop_throws_ends_the_member()
    {
        var loop = Start();
        loop.Post(static _ => throw new NotSupportedException("unforeseen"));
        Assert.IsType<NotSupportedException>(await _fatal.Task.WaitAsync(s_patience));
        loop.Stop();
        Assert.False(loop.Post(static _ => { }));
    }

    /// <summary>A leader counts on what a member has once confirmed. A directory that is older than that must not go on.</summary>
    [Fact]
    public async Task An_older_log_than_the_leader_counts_on_is_named_with_both_indexes()
    {
        var loop = Start();
        loop.Receive(
            new Message
            {
                Type = MessageType.MsgHeartbeat,
                From = 0xabc,
                To = Self,
                Term = 3,
                Commit = 65,
            }
        );
        var failure = Assert.IsType<RaftInvariantException>(await _fatal.Task.WaitAsync(s_patience));
        Assert.Contains("ends at entry 0", failure.Message, StringComparison.Ordinal);
        Assert.Contains("member abc", failure.Message, StringComparison.Ordinal);
        Assert.Contains("up to entry 65", failure.Message, StringComparison.Ordinal);
        loop.Stop();
    }

    private RaftLoop Start()
    {
        var state = new NodeState(Self);
        var ids = new RequestIds(Self, DateTimeOffset.UnixEpoch);
        var options = new NodeOptions();
        var node = new RaftNode(
            new RaftConfig
            {
                Id = Self,
                ElectionTicks = 10,
                HeartbeatTicks = 1,
                MaxInflightMessages = 1,
                Storage = new MemoryStorage(),
                Randomness = SystemRandomness.Instance,
            }
        );
        var loop = new RaftLoop(
            node,
            state,
            new ReadIndex(state, new AppliedWaiters(state), ids, SystemClock.Instance, options),
            new WaiterTable(ids, options),
            new NoPeers(),
            SystemClock.Instance,
            options,
            NullLogger.Instance,
            (_, failure) => _fatal.TrySetResult(failure)
        );
        loop.Start(null!, null!);
        return loop;
    }
}
