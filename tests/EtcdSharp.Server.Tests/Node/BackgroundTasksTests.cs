using EtcdSharp.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Node;

public sealed class BackgroundTasksTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource<(string Part, Exception Failure)> _fatal = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly BackgroundTasks _tasks;

    public BackgroundTasksTests() =>
        _tasks = new BackgroundTasks((part, failure) => _fatal.TrySetResult((part, failure)), NullLogger.Instance);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Work_that_fails_ends_the_member(bool atOnce)
    {
        _tasks.Run(
            "the work",
            async () =>
            {
                if (!atOnce)
                {
                    await Task.Yield();
                }

                throw new NotSupportedException("unforeseen");
            }
        );
        var (part, failure) = await _fatal.Task.WaitAsync(s_patience);
        Assert.Equal("the work", part);
        Assert.IsType<NotSupportedException>(failure);
        await _tasks.WhenEndedAsync();
    }

    [Fact]
    public async Task A_cancellation_is_the_end_only_of_what_is_to_end()
    {
        using var stopping = new CancellationTokenSource();
        _tasks.Run("stopped", () => Task.Delay(Timeout.Infinite, stopping.Token), stopping.Token);
        await stopping.CancelAsync();
        await _tasks.WhenEndedAsync();
        Assert.False(_fatal.Task.IsCompleted);
        _tasks.Run("ended by itself", () => Task.FromCanceled(stopping.Token), CancellationToken.None);
        Assert.Equal("ended by itself", (await _fatal.Task.WaitAsync(s_patience)).Part);
    }

    [Fact]
    public async Task Work_that_is_to_go_on_begins_again()
    {
        using var stopping = new CancellationTokenSource();
        var begun = 0;
        var third = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _tasks.RunAgain(
            "the loop",
            async token =>
            {
                if (Interlocked.Increment(ref begun) < 3)
                {
                    throw new NotSupportedException("unforeseen");
                }

                third.SetResult();
                await Task.Delay(Timeout.Infinite, token);
            },
            stopping.Token
        );
        await third.Task.WaitAsync(s_patience);
        await stopping.CancelAsync();
        await _tasks.WhenEndedAsync();
        Assert.False(_fatal.Task.IsCompleted);
        Assert.Equal(3, begun);
    }

    [Fact]
    public async Task What_is_let_go_of_at_the_stop_is_no_failure()
    {
        using var stopping = new CancellationTokenSource();
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        _tasks.Run(
            async () =>
            {
                await stopping.CancelAsync();
                throw new ObjectDisposedException("the client");
            },
            failed.SetResult,
            stopping.Token
        );
        await _tasks.WhenEndedAsync();
        Assert.False(failed.Task.IsCompleted);

        _tasks.Run(static () => throw new ObjectDisposedException("the client"), failed.SetResult);
        Assert.IsType<ObjectDisposedException>(await failed.Task.WaitAsync(s_patience));
    }
}
