namespace EtcdSharp.Node.Proposals;

/// <summary>
/// What waits for one of the member's own threads. Producers add under a short lock and wake the thread only when it
/// sleeps; the thread takes everything that is there at once, which is how batches come about.
/// </summary>
/// <param name="filled">Called, inside the lock, when something comes; for an owner that has no thread.</param>
internal sealed class Inbox<T>(Action? filled = null)
{
    private readonly object _gate = new();
    private List<T> _incoming = [];
    private bool _sleeping;
    private bool _signaled;

    /// <summary>How many items wait; for bounds and metrics, may be old when it is looked at.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _incoming.Count;
            }
        }
    }

    public void Add(T item)
    {
        lock (_gate)
        {
            _incoming.Add(item);
            Wake();
        }
    }

    public void AddRange(ReadOnlySpan<T> items)
    {
        lock (_gate)
        {
            _incoming.AddRange(items);
            Wake();
        }
    }

    /// <summary>Lets the waiting thread go on although nothing was added.</summary>
    public void Signal()
    {
        lock (_gate)
        {
            _signaled = true;
            Wake();
        }
    }

    /// <summary>
    /// Replaces the content of <paramref name="taken"/> by everything that waits, after waiting for something to
    /// come, for a signal, or for the time to pass. A negative time waits without end.
    /// </summary>
    public void Take(ref List<T> taken, int timeoutMs)
    {
        taken.Clear();
        lock (_gate)
        {
            if (_incoming.Count == 0 && !_signaled && timeoutMs != 0)
            {
                _sleeping = true;
                Monitor.Wait(_gate, timeoutMs < 0 ? Timeout.Infinite : timeoutMs);
                _sleeping = false;
            }

            _signaled = false;
            (_incoming, taken) = (taken, _incoming);
        }
    }

    private void Wake()
    {
        filled?.Invoke();
        if (_sleeping)
        {
            _sleeping = false;
            Monitor.Pulse(_gate);
        }
    }
}
