namespace EtcdSharp.Mvcc.Watch;

/// <summary>The thread that catches up in production. A store that cannot be read ends the process: watchers must not miss anything silently.</summary>
internal sealed class WatchCatchUpLoop : IDisposable
{
    private readonly WatchCatchUp _catchUp;
    private readonly Action<string, Exception> _failed;
    private readonly AutoResetEvent _wanted = new(initialState: false);
    private readonly Thread _thread;
    private volatile bool _isStopping;

    /// <param name="hub">Whose watchers catch up.</param>
    /// <param name="failed">Called on the thread when the history cannot be read. Must not return.</param>
    public WatchCatchUpLoop(WatchHub hub, Action<string, Exception> failed)
    {
        _failed = failed;
        _catchUp = new WatchCatchUp(hub);
        hub.CatchUpWanted = () => _wanted.Set();
        _thread = new Thread(Run) { IsBackground = true, Name = "watch catch-up" };
        _thread.Start();
        _wanted.Set();
    }

    /// <summary>Ends the thread. The hub is not notified after this, and the store is closed after it.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _wanted.Set();
        _thread.Join();
        _wanted.Dispose();
    }

    private void Run()
    {
        try
        {
            CatchUpAgainAndAgain();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _failed("reading the history for watchers", failure);
        }
    }

    private void CatchUpAgainAndAgain()
    {
        while (!_isStopping)
        {
            switch (_catchUp.Step())
            {
                case WatchCatchUpStep.Idle:
                    _wanted.WaitOne();
                    break;
                case WatchCatchUpStep.AwaitPublication:
                    Thread.Yield();
                    break;
                case WatchCatchUpStep.Worked:
                default:
                    break;
            }
        }
    }
}
