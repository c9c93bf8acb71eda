using System.Diagnostics;

namespace EtcdSharp.Client;

/// <summary>
/// One lease that is kept alive. Times are of the monotonic clock. The end is reckoned from the moment of asking, not of
/// the answer, so that the holder never believes longer in it than the server does.
/// </summary>
internal sealed class KeptLease : IKeptLease
{
    private readonly LeaseKeeper keeper;
    private readonly Func<long, Task>? revoke;
    private readonly Lock gate = new();
    private readonly CancellationTokenSource lost = new();
    private readonly TaskCompletionSource<LeaseEnd> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Timer deadlineTimer;
    private long deadline;

    public KeptLease(LeaseKeeper keeper, long id, TimeSpan timeToLive, long askedAt, Func<long, Task>? revoke)
    {
        this.keeper = keeper;
        this.revoke = revoke;
        Id = id;
        TimeToLive = timeToLive;
        Lost = lost.Token;
        deadlineTimer = new Timer(static lease => ((KeptLease)lease!).OnDeadline(), this, Timeout.Infinite, Timeout.Infinite);
        Confirmed(askedAt, timeToLive);
    }

    public long Id { get; }

    public TimeSpan TimeToLive { get; private set; }

    public CancellationToken Lost { get; }

    public Task<LeaseEnd> Ended => ended.Task;

    /// <summary>When to ask the server next. Owned by the keeper, as the next two.</summary>
    public long NextAsk { get; set; }

    /// <summary>When the oldest question without an answer was asked; 0 where there is none.</summary>
    public long AskedAt { get; set; }

    /// <summary>How long an answer may take before another server is asked.</summary>
    public TimeSpan Patience => TimeToLive / 3;

    public void Confirmed(long askedAt, TimeSpan timeToLive)
    {
        lock (gate)
        {
            TimeToLive = timeToLive;
            deadline = askedAt + (long)(timeToLive.TotalSeconds * Stopwatch.Frequency);
            AskedAt = 0;
            NextAsk = askedAt + (long)(timeToLive.TotalSeconds / 3 * Stopwatch.Frequency);
            if (!ended.Task.IsCompleted)
            {
                deadlineTimer.Change(Remaining(), Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void End(LeaseEnd why)
    {
        lock (gate)
        {
            if (!ended.TrySetResult(why))
            {
                return;
            }

            deadlineTimer.Dispose();
        }

        if (why is LeaseEnd.Gone or LeaseEnd.Unconfirmed)
        {
            ClientDiagnostics.LeaseLost();
        }

        // What hangs on the token runs elsewhere: the keeper has other leases to care for.
        _ = lost.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        keeper.Remove(this);
        var first = !ended.Task.IsCompleted;
        End(LeaseEnd.Released);
        if (first && revoke is not null)
        {
            await revoke(Id);
        }
    }

    private TimeSpan Remaining()
    {
        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void OnDeadline()
    {
        lock (gate)
        {
            // The timer may have been on its way when the lease was confirmed once more.
            if (Remaining() > TimeSpan.Zero)
            {
                if (!ended.Task.IsCompleted)
                {
                    deadlineTimer.Change(Remaining(), Timeout.InfiniteTimeSpan);
                }

                return;
            }
        }

        keeper.Remove(this);
        End(LeaseEnd.Unconfirmed);
    }
}
