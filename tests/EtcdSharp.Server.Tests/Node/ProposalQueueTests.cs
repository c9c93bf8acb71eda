using EtcdSharp.Api.Errors;
using EtcdSharp.Node;
using EtcdSharp.Node.Proposals;
using EtcdSharp.Replica;

namespace EtcdSharp.Server.Tests.Node;

public sealed class ProposalQueueTests
{
    [Fact]
    public void A_batch_leaves_the_queue_only_when_it_was_accepted()
    {
        var queue = new ProposalQueue();
        queue.AddRange([new Proposal(10, new byte[4]), new Proposal(11, new byte[4]), new Proposal(12, new byte[4])]);
        var batch = new List<ReadOnlyMemory<byte>>();
        Assert.Equal(8, queue.PeekBatch(batch, bytesMax: 9));
        Assert.Equal((2, 3), (batch.Count, queue.Count));
        queue.DropPeeked();
        Assert.Equal(1, queue.Count);
    }

    [Fact]
    public void A_request_larger_than_a_batch_goes_alone()
    {
        var queue = new ProposalQueue();
        queue.AddRange([new Proposal(10, new byte[100]), new Proposal(11, new byte[1])]);
        var batch = new List<ReadOnlyMemory<byte>>();
        Assert.Equal(100, queue.PeekBatch(batch, bytesMax: 9));
        Assert.Single(batch);
    }

    [Fact]
    public async Task What_nobody_waits_for_is_forgotten()
    {
        var waiters = new WaiterTable(new RequestIds(1, DateTimeOffset.UnixEpoch), new NodeOptions());
        var queue = new ProposalQueue();
        var kept = waiters.TryReserve(out var keptId)!.Start(keptId, long.MaxValue, default);
        var given = waiters.TryReserve(out var givenUpId)!.Start(givenUpId, 0, default);
        queue.AddRange([new Proposal(givenUpId, new byte[3]), new Proposal(keptId, new byte[5])]);
        waiters.Sweep(1, static _ => EtcdError.Timeout);
        Assert.Same(EtcdError.Timeout, (await given).Error);

        Assert.Equal(3, queue.DropAbandoned(waiters, 0));
        Assert.Equal(1, queue.Count);
        waiters.TryTake(keptId, ApplyResult.Done(1))!.Complete();
        Assert.Equal(1, (await kept).Revision);
    }

    [Fact]
    public async Task What_waited_too_long_for_a_leader_is_told_so()
    {
        var waiters = new WaiterTable(new RequestIds(1, DateTimeOffset.UnixEpoch), new NodeOptions());
        var queue = new ProposalQueue();
        var late = waiters.TryReserve(out var lateId)!.Start(lateId, 100, default);
        var early = waiters.TryReserve(out var earlyId)!.Start(earlyId, 101, default);
        queue.AddRange([new Proposal(lateId, new byte[3]), new Proposal(earlyId, new byte[5])]);

        Assert.Equal(3, queue.DropAbandoned(waiters, 100));
        Assert.Equal((EtcdErrorCode.DeadlineExceeded, "context deadline exceeded"), Told(await late));
        Assert.False(early.IsCompleted);
        Assert.Equal(5, queue.DropAbandoned(waiters, 101));
        Assert.Equal((EtcdErrorCode.DeadlineExceeded, "context deadline exceeded"), Told(await early));
    }

    private static (EtcdErrorCode Code, string Message) Told(in ApplyResult result) => (result.Error!.Code, result.Error.Message);
}
