using System.Diagnostics.CodeAnalysis;
using EtcdSharp.Platform.Linux;

namespace EtcdSharp.Edge.Identity;

/// <summary>
/// The threads on which passwords are hashed and checked, each of which keeps a processor busy for tens of milliseconds. They
/// are few and yield to all others, so that a flood of logins, with wrong passwords too, holds up neither requests nor raft. A
/// thread begins with the first password and ends when there was none for a while.
/// </summary>
internal sealed class PasswordWorkers
{
    /// <summary>
    /// At the usual cost one thread checks some twelve a second, so whoever is last of these waits for a minute and a half at the
    /// most, which is longer than most clients would. Each holds a name and a password, together at most
    /// <see cref="AuthNames.BytesMax"/> + <see cref="Passwords.CharactersMax"/> characters: 72 MB for all.
    /// </summary>
    public const int WaitingMax = 1024;

    /// <summary>With 5 a thread gets a third of the time of another one that wants the same processor.</summary>
    private const int Niceness = 5;

    private static readonly TimeSpan s_idleMax = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly LinkedList<PasswordWork> _waiting = new();
    private readonly int _threadsMax;
    private int _threads;
    private int _idle;

    /// <summary>Half the processors: the other half is always there for the work of the member.</summary>
    public PasswordWorkers()
        : this(Math.Max(1, Environment.ProcessorCount / 2)) { }

    public PasswordWorkers(int threadsMax) => _threadsMax = threadsMax;

    /// <summary>How many wait for a thread.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>
    /// Gives the result of the work, when its turn has come; false where too many wait already. Who is cancelled leaves the
    /// queue at once, unless the work has begun.
    /// </summary>
    public bool TryRun<T>(Func<T> work, CancellationToken cancellation, [NotNullWhen(true)] out Task<T>? result)
    {
        result = null;
        var source = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        // What the work throws is a fault of the program, and ends it.
        var item = new PasswordWork(() => source.TrySetResult(work()), token => source.TrySetCanceled(token));
        LinkedListNode<PasswordWork> place;
        lock (_gate)
        {
            if (_waiting.Count >= WaitingMax)
            {
                return false;
            }

            place = _waiting.AddLast(item);
            if (_idle > 0)
            {
                Monitor.Pulse(_gate);
            }
            else if (_threads < _threadsMax)
            {
                _threads++;
                new Thread(Run) { Name = "passwords", IsBackground = true }.Start();
            }
        }

        result = WaitAsync(source.Task, place, cancellation);
        return true;
    }

    private async Task<T> WaitAsync<T>(Task<T> result, LinkedListNode<PasswordWork> place, CancellationToken cancellation)
    {
        await using var registration = cancellation.UnsafeRegister(_ => Leave(place, cancellation), null);
        return await result.ConfigureAwait(false);
    }

    private void Leave(LinkedListNode<PasswordWork> place, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (place.List is null)
            {
                return;
            }

            _waiting.Remove(place);
        }

        place.Value.Cancel(cancellation);
    }

    private void Run()
    {
        // A courtesy: where it is not granted, the threads are still few.
        Libc.SetPriorityOfThread(Niceness);
        while (Next() is { } work)
        {
            work.Run();
        }
    }

    /// <summary>Null when there was nothing to do for so long that the thread ends.</summary>
    private PasswordWork? Next()
    {
        lock (_gate)
        {
            while (_waiting.First is null)
            {
                _idle++;
                var pulsed = Monitor.Wait(_gate, s_idleMax);
                _idle--;
                if (!pulsed && _waiting.First is null)
                {
                    _threads--;
                    return null;
                }
            }

            var first = _waiting.First;
            _waiting.RemoveFirst();
            return first.Value;
        }
    }
}
