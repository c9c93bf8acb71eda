using EtcdSharp.Api.Errors;
using EtcdSharp.Node;
using EtcdSharp.Node.Reads;

namespace EtcdSharp.Server.Tests.Node;

public sealed class AppliedWaitersTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(5);

    private readonly NodeState _state = new(memberId: 1);
    private readonly AppliedWaiters _waiters;

    public AppliedWaitersTests() => _waiters = new AppliedWaiters(_state);

    [Fact]
    public async Task CallsLeaveInTheOrderOfTheirIndexes()
    {
        var late = _waiters.WaitAsync(20, s_long, CancellationToken.None).AsTask();
        var soon = _waiters.WaitAsync(10, s_long, CancellationToken.None).AsTask();
        var soonToo = _waiters.WaitAsync(10, s_long, CancellationToken.None).AsTask();
        Apply(9);
        Assert.Equal(3, _waiters.Count);
        Apply(10);
        Assert.Null(await soon);
        Assert.Null(await soonToo);
        Assert.False(late.IsCompleted);
        Assert.Equal(1, _waiters.Count);
        Apply(20);
        Assert.Null(await late);
        Assert.Equal(0, _waiters.Count);
    }

    [Fact]
    public async Task WhoIsGivenUpLeaves()
    {
        using var gone = new CancellationTokenSource();
        var waiting = _waiters.WaitAsync(ulong.MaxValue - 1, s_long, gone.Token).AsTask();
        Assert.Equal(1, _waiters.Count);
        await gone.CancelAsync();
        Assert.Equal(EtcdError.TimeoutWaitAppliedIndex, await waiting);
        Assert.Equal(0, _waiters.Count);
    }

    [Fact]
    public async Task WhoHasWaitedTooLongLeaves()
    {
        Assert.Equal(
            EtcdError.TimeoutWaitAppliedIndex,
            await _waiters.WaitAsync(100, TimeSpan.FromMilliseconds(1), CancellationToken.None)
        );
        Assert.Equal(0, _waiters.Count);
    }

    [Fact]
    public async Task AtTheEndAllFail()
    {
        var waiting = _waiters.WaitAsync(100, s_long, CancellationToken.None).AsTask();
        _waiters.FailAll(EtcdError.Stopped);
        Assert.Equal(EtcdError.Stopped, await waiting);
        Assert.Equal(0, _waiters.Count);
    }

    private void Apply(ulong index)
    {
        _state.PublishApplied(index, term: 1);
        _waiters.Applied();
    }
}
