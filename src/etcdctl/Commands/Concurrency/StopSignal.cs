using System.Runtime.InteropServices;

namespace EtcdSharp.Programs.Etcdctl.Commands.Concurrency;

/// <summary>
/// Lets a command that waits come to its end in order when it is interrupted or terminated. It stays until the process is
/// gone: with the handler away, a second signal would end a program that has done all it was to do as one that was killed.
/// </summary>
internal sealed class StopSignal
{
    /// <summary>Where nobody refers to a registration, the collector ends it.</summary>
    private static readonly List<PosixSignalRegistration> s_registrations = [];

    private readonly CancellationTokenSource stopped = new();

    public StopSignal()
    {
        s_registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop));
        s_registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop));
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

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stopped.Cancel();
    }
}
