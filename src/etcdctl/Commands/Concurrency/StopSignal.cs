using System.Runtime.InteropServices;

namespace EtcdSharp.Programs.Etcdctl.Commands.Concurrency;

/// <summary>Lets a command that waits come to its end in order when it is interrupted or terminated.</summary>
internal sealed class StopSignal : IDisposable
{
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
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Token, other);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = either.Token.Register(ended.SetResult);
        await ended.Task;
    }

    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
        stopped.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stopped.Cancel();
    }
}
