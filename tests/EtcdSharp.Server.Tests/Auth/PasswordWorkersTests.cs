using EtcdSharp.Edge.Identity;

namespace EtcdSharp.Server.Tests.Auth;

public sealed class PasswordWorkersTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task No_more_work_at_once_than_threads()
    {
        var workers = new PasswordWorkers(threadsMax: 2);
        var (running, most) = (0, 0);
        var gate = new Lock();
        var results = Enumerable.Range(0, 50).Select(number => Run(workers, () => Work(number))).ToArray();
        Assert.Equal(Enumerable.Range(0, 50), await Task.WhenAll(results).WaitAsync(s_patience));
        Assert.InRange(most, 1, 2);

        int Work(int number)
        {
            lock (gate)
            {
                most = Math.Max(most, ++running);
            }

            Thread.Yield();
            lock (gate)
            {
                running--;
            }

            return number;
        }
    }

    [Fact]
    public async Task One_too_many_is_refused_and_who_is_cancelled_makes_room()
    {
        var workers = new PasswordWorkers(threadsMax: 1);
        using var goOn = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        using var gone = new CancellationTokenSource();
        var running = Run(
            workers,
            () =>
            {
                begun.Set();
                goOn.Wait();
                return -1;
            }
        );
        Assert.True(begun.Wait(s_patience));
        var leaving = Run(workers, () => -2, gone.Token);
        var waiting = Enumerable.Range(0, PasswordWorkers.WaitingMax - 1).Select(number => Run(workers, () => number)).ToArray();
        Assert.Equal(PasswordWorkers.WaitingMax, workers.Waiting);
        Assert.False(workers.TryRun(() => 0, CancellationToken.None, out _));

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal(PasswordWorkers.WaitingMax - 1, workers.Waiting);
        var last = Run(workers, () => -3);

        goOn.Set();
        Assert.Equal(-1, await running.WaitAsync(s_patience));
        Assert.Equal(Enumerable.Range(0, PasswordWorkers.WaitingMax - 1), await Task.WhenAll(waiting).WaitAsync(s_patience));
        Assert.Equal(-3, await last.WaitAsync(s_patience));
    }

    [Fact]
    public async Task Who_is_cancelled_once_the_work_has_begun_gets_its_result()
    {
        var workers = new PasswordWorkers(threadsMax: 1);
        using var goOn = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        using var gone = new CancellationTokenSource();
        var running = Run(
            workers,
            () =>
            {
                begun.Set();
                goOn.Wait();
                return 1;
            },
            gone.Token
        );
        Assert.True(begun.Wait(s_patience));
        await gone.CancelAsync();
        goOn.Set();
        Assert.Equal(1, await running.WaitAsync(s_patience));
    }

    private static Task<T> Run<T>(PasswordWorkers workers, Func<T> work, CancellationToken cancellation = default)
    {
        Assert.True(workers.TryRun(work, cancellation, out var result));
        return result;
    }
}
