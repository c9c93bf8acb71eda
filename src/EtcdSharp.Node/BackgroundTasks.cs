using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node;

/// <summary>
/// The owner of the tasks that nobody awaits. What one of them throws beyond what it expects is a defect, and never goes unseen: either
/// it ends the member, or it is logged and the work begins again. Any thread.
/// </summary>
/// <param name="fatal">Called with the part that failed; it must end the process.</param>
internal sealed class BackgroundTasks(Action<string, Exception> fatal, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Work that fails each time costs one log line in so long.</summary>
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>Begins work that must not fail: the member cannot go on without it.</summary>
    /// <param name="part">What the work is, in the words of the line that tells of its failure.</param>
    /// <param name="work">Ends by itself, or when <paramref name="stopping"/> says so.</param>
    /// <param name="stopping">From then on an <see cref="OperationCanceledException"/> is the orderly end.</param>
    public void Run(string part, Func<Task> work, CancellationToken stopping = default) =>
        Run(work, failure => fatal(part, failure), stopping);

    /// <summary>Begins work whose failure has a consequence of its own.</summary>
    public void Run(Func<Task> work, Action<Exception> failed, CancellationToken stopping = default) =>
        Keep(Task.Run(() => WatchAsync(work, failed, stopping), CancellationToken.None));

    /// <summary>Begins work that goes on until it is told to stop; when it fails, it begins again after a pause that grows.</summary>
    public void RunAgain(string part, Func<CancellationToken, Task> work, CancellationToken stopping) =>
        Keep(Task.Run(() => RepeatAsync(part, work, stopping), CancellationToken.None));

    /// <summary>Ends when everything that runs now has ended. Never throws.</summary>
    public async Task WhenEndedAsync()
    {
        Task[] running;
        lock (_gate)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Keep(Task task)
    {
        lock (_gate)
        {
            _running.RemoveWhere(static other => other.IsCompleted);
            _running.Add(task);
        }
    }

    private static async Task WatchAsync(Func<Task> work, Action<Exception> failed, CancellationToken stopping)
    {
        if (await FailureOfAsync(work, stopping).ConfigureAwait(false) is { } failure)
        {
            failed(failure);
        }
    }

    private async Task RepeatAsync(string part, Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            if (await FailureOfAsync(() => work(stopping), stopping).ConfigureAwait(false) is not { } failure)
            {
                return;
            }

            // What went well for a while and fails again is another failure.
            pause = Stopwatch.GetElapsedTime(began) > LastPause ? FirstPause : pause;
            NodeLog.WorkFailed(logger, part, pause, failure);
            await Task.Delay(pause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LastPause ? pause * 2 : LastPause;
        }
    }

    private static async Task<Exception?> FailureOfAsync(Func<Task> work, CancellationToken stopping)
    {
        var task = Task.Run(work, CancellationToken.None);
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsFaulted
            ? stopping.IsCancellationRequested && task.Exception.InnerException is ObjectDisposedException
                ? null // what it works with may be let go of in the moment in which it is told to stop
                : task.Exception.InnerException
            : task.IsCanceled && !stopping.IsCancellationRequested
                ? new TaskCanceledException(task)
                : null;
    }
}
