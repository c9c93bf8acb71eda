using System.Runtime.InteropServices;

namespace EtcdSharp.Programs.Etcdctl.Commands.Concurrency;

/// <summary>Lets a command that waits come to its end in order when it is interrupted or terminated.</summary>
internal sealed class StopSignal : IDisposable
{
    /// <summary>
    /// Never disposed, and it holds nothing that would need to be: a second signal may still be on its way to the handler
    /// when the registrations are gone.
    /// </summary>
    private readonly CancellationTokenSource stopped = new();
    private readonly PosixSignalRegistration interrupt;
    private readonly PosixSignalRegistration terminate;

    public StopSignal()
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    }

    public CancellationToken Token => stopped.Token;

    public bool IsGiven => stopped.IsCancellationRequested;

    /// <summary>Waits for the signal, or until something else is over.</summary>
    public async Task OrAsync(CancellationToken other)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var given = Token.Register(static over => ((TaskCompletionSource)over!).TrySetResult(), ended);
        await using var lost = other.Register(static over => ((TaskCompletionSource)over!).TrySetResult(), ended);
        await ended.Task;
    }

    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stopped.Cancel();
    }
}
