using EtcdSharp.Edge.Grpc;
using EtcdSharp.Grpc;

namespace EtcdSharp.Server.Tests.Edge.Grpc;

/// <summary>Room for long reads: who waits, who makes room, and that it is given back.</summary>
public sealed class LargeReadsTests
{
    private const int Room = 100;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ManualTime _time = new();
    private readonly LargeReads _reads;
    private readonly List<GrpcStatus> _ended = [];

    public LargeReadsTests() => _reads = new LargeReads(Room, _time);

    [Fact]
    public async Task Who_finds_no_room_waits_until_there_is_some()
    {
        var first = await EnterAsync(60);
        var second = await EnterAsync(40);
        Assert.Equal(Room, _reads.InFlightBytes);
        var third = EnterAsync(50).AsTask();
        Assert.False(third.IsCompleted);

        // Forty are not enough.
        second.Dispose();
        Assert.False(third.IsCompleted);
        first.Dispose();
        (await third.WaitAsync(s_patience)).Dispose();
        Assert.Equal(0, _reads.InFlightBytes);
    }

    [Fact]
    public async Task Who_came_first_is_first_although_a_smaller_one_would_fit()
    {
        var first = await EnterAsync(60);
        var large = EnterAsync(80).AsTask();
        var small = EnterAsync(10).AsTask();
        Assert.False(small.IsCompleted);
        first.Dispose();
        (await large.WaitAsync(s_patience)).Dispose();
        (await small.WaitAsync(s_patience)).Dispose();
    }

    [Fact]
    public async Task One_that_wants_more_than_there_is_has_all_of_it()
    {
        using var all = await EnterAsync(50L * Room);
        Assert.Equal(Room, _reads.InFlightBytes);
    }

    [Fact]
    public async Task A_reader_that_stands_still_is_ended_when_others_wait()
    {
        var still = await EnterAsync(Room);
        await HandOutAsync(still);
        var waiting = EnterAsync(1).AsTask();
        await TimerAsync();
        _time.Advance(LargeReads.Stalled);
        await EndedAsync(1);
        Assert.Equal(StatusCode.ResourceExhausted, _ended[0].Code);
        Assert.False(waiting.IsCompleted);
        still.Dispose();
        (await waiting.WaitAsync(s_patience)).Dispose();
    }

    [Fact]
    public async Task A_reader_that_stands_still_is_left_alone_while_nobody_waits()
    {
        var still = await EnterAsync(Room - 1);
        await HandOutAsync(still);
        _time.Advance(100 * LargeReads.Stalled);
        (await EnterAsync(1)).Dispose();
        Assert.Empty(_ended);
        still.Dispose();
    }

    [Theory]
    [InlineData("works")]
    [InlineData("waits for a turn")]
    [InlineData("was handed something a moment ago")]
    public async Task A_reader_that_goes_on_is_not_ended(string how)
    {
        var read = await EnterAsync(Room - 1);
        var still = await EnterAsync(1);
        await HandOutAsync(read);
        await HandOutAsync(still);
        if (how != "was handed something a moment ago")
        {
            await read.TakeTurnAsync(CancellationToken.None);
        }

        if (how == "waits for a turn")
        {
            // Nobody gives back the other turns: it waits behind them, its client has done its part.
            for (var i = 1; i < Math.Max(1, Environment.ProcessorCount / 2); i++)
            {
                await _reads.TakeTurnAsync(CancellationToken.None);
            }

            _ = read.TakeTurnAsync(CancellationToken.None).AsTask();
        }

        var waiting = EnterAsync(2).AsTask();
        await TimerAsync();
        if (how == "was handed something a moment ago")
        {
            _time.Advance(LargeReads.Stalled / 2);
            await HandOutAsync(read);
            _time.Advance(LargeReads.Stalled / 2);
        }
        else
        {
            _time.Advance(LargeReads.Stalled);
        }

        // The one that stands still is found in the same round, so the round has been.
        await EndedAsync(1);
        await TimerAsync();
        Assert.Single(_ended);
        still.Dispose();
        Assert.False(waiting.IsCompleted);
        read.Dispose();
        (await waiting.WaitAsync(s_patience)).Dispose();
    }

    [Fact]
    public async Task One_that_has_left_is_not_ended_any_more()
    {
        var read = await EnterAsync(Room);
        read.Dispose();
        read.End();
        Assert.Empty(_ended);
    }

    [Fact]
    public async Task Who_goes_while_waiting_leaves_no_trace_and_lets_the_next_one_in()
    {
        var first = await EnterAsync(60);
        using var gone = new CancellationTokenSource();
        var large = _reads.EnterAsync(80, _ended.Add, gone.Token).AsTask();
        var small = EnterAsync(10).AsTask();
        Assert.False(small.IsCompleted);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large.WaitAsync(s_patience));
        (await small.WaitAsync(s_patience)).Dispose();
        Assert.Equal(60, _reads.InFlightBytes);
        first.Dispose();
        Assert.Equal(0, _reads.InFlightBytes);
    }

    [Fact]
    public async Task Who_has_gone_before_does_not_enter()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await _reads.EnterAsync(1, _ended.Add, new CancellationToken(canceled: true))
        );
        Assert.Equal(0, _reads.InFlightBytes);
    }

    [Fact]
    public async Task Room_is_given_back_once_however_often_a_read_is_left()
    {
        var read = await EnterAsync(60);
        using var other = await EnterAsync(40);
        read.Dispose();
        read.Dispose();
        Assert.Equal(40, _reads.InFlightBytes);
    }

    [Fact]
    public async Task Who_goes_while_waiting_for_a_turn_takes_none()
    {
        using var read = await EnterAsync(1);
        for (var i = 0; i < Math.Max(1, Environment.ProcessorCount / 2); i++)
        {
            await _reads.TakeTurnAsync(CancellationToken.None);
        }

        using var gone = new CancellationTokenSource();
        var turn = read.TakeTurnAsync(gone.Token).AsTask();
        Assert.False(turn.IsCompleted);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => turn.WaitAsync(s_patience));
        _reads.GiveTurn();
        await read.TakeTurnAsync(CancellationToken.None).AsTask().WaitAsync(s_patience);
    }

    [Fact]
    public async Task An_answer_that_is_made_already_enters_at_once_or_not_at_all()
    {
        // A quarter of the room is for such answers.
        var first = _reads.TryEnter(20, End)!;
        Assert.Equal(20, _reads.InFlightBytes);
        Assert.Null(_reads.TryEnter(6, End));
        using var all = await EnterAsync(Room - 20);
        Assert.Null(_reads.TryEnter(1, End));

        // Nor does it pass those that wait, though it would fit.
        var waiting = EnterAsync(20).AsTask();
        first.Dispose();
        var second = await waiting.WaitAsync(s_patience);
        waiting = EnterAsync(20).AsTask();
        Assert.Null(_reads.TryEnter(0, End));
        second.Dispose();
        (await waiting.WaitAsync(s_patience)).Dispose();
        _reads.TryEnter(20, End)!.Dispose();
        Assert.Equal(Room - 20, _reads.InFlightBytes);
    }

    [Fact]
    public async Task An_answer_that_is_made_already_and_is_not_taken_is_ended_when_others_wait()
    {
        var still = _reads.TryEnter(20, End)!;
        still.HandOut();
        var waiting = EnterAsync(Room).AsTask();
        await TimerAsync();
        _time.Advance(LargeReads.Stalled);
        await EndedAsync(1);
        still.Dispose();
        (await waiting.WaitAsync(s_patience)).Dispose();
    }

    private ValueTask<LargeRead> EnterAsync(long bytes) => _reads.EnterAsync(bytes, End, CancellationToken.None);

    private void End(GrpcStatus status)
    {
        lock (_ended)
        {
            _ended.Add(status);
        }
    }

    /// <summary>A piece is made and the client is to take it.</summary>
    private static async Task HandOutAsync(LargeRead read)
    {
        await read.TakeTurnAsync(CancellationToken.None);
        read.GiveTurn();
    }

    /// <summary>Until somebody who waits for room has set the clock.</summary>
    private Task TimerAsync() => UntilAsync(() => _time.Waiting > 0);

    private Task EndedAsync(int count) =>
        UntilAsync(() =>
        {
            lock (_ended)
            {
                return _ended.Count >= count;
            }
        });

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!isSo())
        {
            await Task.Delay(1, patience.Token);
        }
    }
}
