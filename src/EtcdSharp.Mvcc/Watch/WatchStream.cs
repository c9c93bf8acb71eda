namespace EtcdSharp.Mvcc.Watch;

/// <summary>
/// The watches of one client stream and the queue of its responses. The hub fills the queue and never waits; one
/// consumer empties it at its own pace. When it is full, its watchers fall behind and later catch up from history.
/// </summary>
internal sealed class WatchStream
{
    /// <summary>
    /// Events are taken in until the queue holds this much, so it holds at most this plus one batch (256 KiB of
    /// history or one revision). The bytes are shared between streams: a thousand slow streams that watch the same
    /// keys pin them once.
    /// </summary>
    public const int BufferedBytesMax = 4 * 1024 * 1024;

    /// <summary>What a response costs beside its events: its place in the queue.</summary>
    public const int ResponseBytes = 80;

    /// <summary>Requests are read no further while so many answers to them wait to be sent.</summary>
    public const int ControlsQueuedMax = 128;

    /// <summary>An empty queue gives its array back above this many responses.</summary>
    private const int KeptResponsesMax = 1024;

    private readonly WatchHub _hub;
    private readonly long _bufferedBytesMax;
    private readonly Queue<WatchResponse> _queue = new();
    private readonly StreamSignal _responses = new();
    private readonly StreamSignal _controlRoom = new();
    private long _bufferedBytes;
    private int _controlsQueued;
    private int _largestCount;
    private bool _isClosed;
    private volatile bool _isFull;

    internal WatchStream(WatchHub hub, long bufferedBytesMax)
    {
        _hub = hub;
        _bufferedBytesMax = bufferedBytesMax;
    }

    /// <summary>Guards the queue. Taken inside the hub's gate, never around it.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>By id. Guarded by the hub's gate, as are the next five.</summary>
    internal Dictionary<long, Watcher> Watchers { get; } = [];

    internal SortedDictionary<long, Watcher> ProgressWatchers { get; } = [];

    internal List<Watcher> Behind { get; } = [];

    internal int ReadySlot { get; set; } = Watcher.NoSlot;

    internal long NextWatchId { get; set; }

    /// <summary>The round of catching up that last took watchers from here.</summary>
    internal long LastTake { get; set; }

    internal bool IsFull => _isFull;

    public bool IsClosed
    {
        get
        {
            lock (Gate)
            {
                return _isClosed;
            }
        }
    }

    /// <summary>For tests and the hub's own checks: what the bound bounds.</summary>
    internal long BufferedBytes
    {
        get
        {
            lock (Gate)
            {
                return _bufferedBytes;
            }
        }
    }

    /// <summary>Answers with a created response, which may say that the watch is canceled, and why.</summary>
    public void Create(in WatchCreate create) => _hub.Create(this, create);

    /// <summary>Answers that a watch was refused before it came to be.</summary>
    public void Refuse(string reason) => _hub.Refuse(this, reason);

    /// <summary>Answers with a canceled response; an unknown id gets no answer.</summary>
    public void Cancel(long watchId) => _hub.Cancel(this, watchId);

    /// <summary>Answers with watch id -1 when every watch of the stream is synced, and not at all otherwise.</summary>
    public void RequestProgress() => _hub.RequestProgress(this);

    /// <summary>The timer of progress notifications went off.</summary>
    public void TickProgress() => _hub.TickProgress(this);

    /// <summary>Cancels all watches and drops what is queued. The consumer's wait ends.</summary>
    public void Close() => _hub.Close(this);

    /// <summary>Consumer: completes when there is something to take or the stream is closed.</summary>
    public ValueTask WaitForResponsesAsync()
    {
        lock (Gate)
        {
            return _isClosed || _queue.Count > 0 ? ValueTask.CompletedTask : _responses.Arm();
        }
    }

    /// <summary>Reader of requests: completes when another answer may be queued.</summary>
    public ValueTask WaitForControlRoomAsync()
    {
        lock (Gate)
        {
            return _isClosed || _controlsQueued < ControlsQueuedMax ? ValueTask.CompletedTask : _controlRoom.Arm();
        }
    }

    /// <summary>Consumer: moves responses from the queue to a list, until they have this many bytes.</summary>
    public void Take(List<WatchResponse> responses, int bytesMax)
    {
        var hasRoomAgain = false;
        long events = 0;
        lock (Gate)
        {
            long taken = 0;
            while (taken < bytesMax && _queue.TryDequeue(out var response))
            {
                responses.Add(response);
                events += response.Selection.Count;
                taken += CostOf(response);
                _controlsQueued -= response.Control is null ? 0 : 1;
            }

            _bufferedBytes -= taken;
            if (_controlsQueued < ControlsQueuedMax)
            {
                _controlRoom.Fire();
            }

            // A full stream is filled again when half is read, so that its watchers do not go back and forth.
            if (_isFull && _bufferedBytes <= _bufferedBytesMax / 2)
            {
                _isFull = false;
                hasRoomAgain = true;
            }

            TrimEmptyQueue();
        }

        _hub.Metrics.EventsSent(events);
        if (hasRoomAgain)
        {
            _hub.HasRoom(this);
        }
    }

    /// <summary>Hub, inside <see cref="Gate"/>: false when the stream is full.</summary>
    internal bool TryQueueEvents(Watcher watcher, EventBatch batch, long revision)
    {
        if (_isClosed)
        {
            return true;
        }

        if (_isFull || _bufferedBytes >= _bufferedBytesMax)
        {
            _isFull = true;
            return false;
        }

        var selection = watcher.Selection;
        var bytes = batch.BytesOf(selection);
        if (batch.CopyWhenSparse(selection, bytes) is { } copy)
        {
            batch = copy;
            selection = EventSelection.Run(0, copy.Count);
        }

        Queue(new WatchResponse(watcher.Id, revision, null, watcher, batch, selection), bytes + ResponseBytes);
        return true;
    }

    internal void QueueControl(long watchId, long revision, WatchControl control)
    {
        lock (Gate)
        {
            if (!_isClosed)
            {
                _controlsQueued++;
                Queue(new WatchResponse(watchId, revision, control, null, null, default), ResponseBytes);
            }
        }
    }

    /// <summary>Progress is dropped when nobody reads, as it says nothing that a later one does not.</summary>
    internal void QueueProgress(long watchId, long revision)
    {
        lock (Gate)
        {
            if (!_isClosed && _controlsQueued < ControlsQueuedMax)
            {
                _controlsQueued++;
                Queue(new WatchResponse(watchId, revision, WatchControl.Progress, null, null, default), ResponseBytes);
            }
        }
    }

    internal void CloseQueue()
    {
        long events = 0;
        lock (Gate)
        {
            foreach (var response in _queue)
            {
                events += response.Selection.Count;
            }

            _isClosed = true;
            _queue.Clear();
            _bufferedBytes = 0;
            _controlsQueued = 0;
            _responses.Fire();
            _controlRoom.Fire();
        }

        _hub.Metrics.EventsDropped(events);
    }

    private static long CostOf(in WatchResponse response) =>
        ResponseBytes + (response.Batch is null ? 0 : response.Batch.BytesOf(response.Selection));

    private void Queue(in WatchResponse response, long bytes)
    {
        _queue.Enqueue(response);
        _bufferedBytes += bytes;
        _responses.Fire();
    }

    private void TrimEmptyQueue()
    {
        _largestCount = Math.Max(_largestCount, _queue.Count);
        if (_queue.Count == 0 && _largestCount > KeptResponsesMax)
        {
            _queue.TrimExcess();
            _largestCount = 0;
        }
    }
}
