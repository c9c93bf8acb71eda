namespace EtcdSharp.Mvcc.Watch;

/// <summary>
/// Gives every watcher the events it asked for: in order, once, none left out, one revision's never apart. The apply
/// thread hands over each revision before it becomes readable; watchers that start in the past, or whose stream was
/// full, are caught up from history by <see cref="WatchCatchUp"/>.
/// </summary>
/// <remarks>
/// Invariants, all under the gate. (1) A synced watcher has been given everything it wants up to the notified
/// revision. (2) A watcher behind has been given everything it wants before its next revision and nothing from it on;
/// it is in its stream's list of those behind. (3) A stream is in the list of ready streams exactly when it has
/// watchers behind and is not full. (4) Nothing waits inside the gate: not for a consumer, not for the disk.
/// </remarks>
internal sealed class WatchHub : IWatchNotifier
{
    public const string EmptyRange = "mvcc: watcher range is empty";
    public const string DuplicateId = "mvcc: duplicate watch ID provided on the WatchStream";

    private readonly long _bufferedBytesMax;
    private readonly WatcherIndex _synced = new();
    private readonly List<WatchStream> _ready = [];
    private readonly EventMatcher _matcher = new();
    private readonly List<Watcher> _refused = [];
    private readonly RecentEvents _recent = new();
    private IWatchHistory? _history;
    private long _notifiedRevision;
    private long _epoch;
    private long _take;
    private int _readyCursor;
    private int _streamCount;

    private readonly Lock _gate = new();

    /// <summary>Without metrics: for tests.</summary>
    internal WatchHub()
        : this(WatchMetrics.Unheard, WatchStream.BufferedBytesMax) { }

    /// <summary>As above, with another bound on what a stream buffers.</summary>
    internal WatchHub(long bufferedBytesMax)
        : this(WatchMetrics.Unheard, bufferedBytesMax) { }

    /// <param name="metrics">Where the hub counts.</param>
    /// <param name="bufferedBytesMax">What a stream buffers.</param>
    internal WatchHub(WatchMetrics metrics, long bufferedBytesMax)
    {
        _bufferedBytesMax = bufferedBytesMax;
        Metrics = metrics;
    }

    /// <summary>Called, inside the gate, when catching up has something to do. Must only signal.</summary>
    public Action? CatchUpWanted { get; set; }

    /// <summary>The revision that every synced watcher has been given.</summary>
    public long NotifiedRevision
    {
        get
        {
            lock (_gate)
            {
                return _notifiedRevision;
            }
        }
    }

    internal WatchMetrics Metrics { get; }

    internal IWatchHistory History =>
        Volatile.Read(ref _history) ?? throw new InvalidOperationException("The watch hub has not been opened over a store.");

    /// <summary>
    /// Gives the hub its store: once at start, before anything is watched, and again when a snapshot from the leader
    /// replaced it. Watchers go on where they are; what happened in between they get from the new history.
    /// </summary>
    public void Open(IWatchHistory history)
    {
        lock (_gate)
        {
            Volatile.Write(ref _history, history);
            _epoch++;
            _recent.TurnOff();
            foreach (var watcher in _synced.RemoveAll())
            {
                watcher.NextRevision = Math.Max(watcher.NextRevision, _notifiedRevision + 1);
                AddBehind(watcher);
            }

            _notifiedRevision = history.CurrentRevision;
        }
    }

    public WatchStream OpenStream()
    {
        Metrics.AddStreams(1);
        Interlocked.Increment(ref _streamCount);
        return new WatchStream(this, _bufferedBytesMax);
    }

    public int StreamCount => Volatile.Read(ref _streamCount);

    public void Notify(MvccEvents events)
    {
        var revision = events[0].ModRevision;
        lock (_gate)
        {
            if (revision <= _notifiedRevision)
            {
                throw new InvalidOperationException($"Revision {revision} is notified after {_notifiedRevision}.");
            }

            var batch = _recent.IsOn ? EventBatch.Encode(events) : null;
            if (batch is not null)
            {
                _recent.Add(batch);
            }

            if (_synced.Count > 0)
            {
                batch = _matcher.Match(_synced, events, batch);
                if (_matcher.Matched.Count > 0)
                {
                    Deliver(_matcher, batch!, revision, _refused);
                    FallBehind(revision);
                }
            }

            _notifiedRevision = revision;
        }
    }

    internal void Create(WatchStream stream, in WatchCreate create)
    {
        lock (_gate)
        {
            if (create.End is { Length: > 0 } end && create.Key.AsSpan().SequenceCompareTo(end) >= 0)
            {
                Refuse(stream, EmptyRange);
                return;
            }

            var id = create.WatchId;
            if (id == 0)
            {
                while (stream.Watchers.ContainsKey(stream.NextWatchId))
                {
                    stream.NextWatchId++;
                }

                id = stream.NextWatchId++;
            }
            else if (stream.Watchers.ContainsKey(id))
            {
                Refuse(stream, DuplicateId);
                return;
            }

            if (!stream.IsClosed)
            {
                Register(new Watcher(stream, id, create));
            }
        }
    }

    internal void Refuse(WatchStream stream, string reason)
    {
        var control = new WatchControl(Created: true, Canceled: true, CancelReason: reason);
        lock (_gate)
        {
            stream.QueueControl(WatchResponse.NoWatchId, _notifiedRevision, control);
        }
    }

    internal void Cancel(WatchStream stream, long watchId)
    {
        lock (_gate)
        {
            if (stream.Watchers.Remove(watchId, out var watcher))
            {
                stream.ProgressWatchers.Remove(watchId);
                Forget(watcher);
                stream.QueueControl(watchId, _notifiedRevision, WatchControl.WatchCanceled);
            }
        }
    }

    internal void RequestProgress(WatchStream stream)
    {
        lock (_gate)
        {
            if (stream.Behind.Count > 0 || stream.Watchers.Count == 0)
            {
                return;
            }

            foreach (var watcher in stream.Watchers.Values)
            {
                if (watcher.State == WatcherState.Synced && watcher.StartRevision > _notifiedRevision)
                {
                    return;
                }
            }

            stream.QueueProgress(WatchResponse.NoWatchId, _notifiedRevision);
        }
    }

    internal void TickProgress(WatchStream stream)
    {
        lock (_gate)
        {
            foreach (var (id, watcher) in stream.ProgressWatchers)
            {
                var isSynced = watcher.State == WatcherState.Synced && watcher.StartRevision <= _notifiedRevision;
                if (watcher.IsProgressDue && isSynced)
                {
                    stream.QueueProgress(id, _notifiedRevision);
                }

                watcher.IsProgressDue = true;
            }
        }
    }

    internal void Close(WatchStream stream)
    {
        lock (_gate)
        {
            if (stream.IsClosed)
            {
                return;
            }

            foreach (var watcher in stream.Watchers.Values)
            {
                Forget(watcher);
            }

            stream.Watchers.Clear();
            stream.ProgressWatchers.Clear();
            stream.CloseQueue();
        }

        Interlocked.Decrement(ref _streamCount);
        Metrics.AddStreams(-1);
    }

    /// <summary>A stream that was full is read again.</summary>
    internal void HasRoom(WatchStream stream)
    {
        lock (_gate)
        {
            UpdateReady(stream);
        }
    }

    /// <summary>
    /// Catch-up, first half: chooses watchers behind that history is read for next, from <paramref name="from"/> on.
    /// Those whose past is compacted are canceled on the way. False when there is nothing to do.
    /// </summary>
    internal bool TakeBehind(List<Watcher> group, int groupMax, bool oldestFirst, out long from, out long epoch)
    {
        from = 0;
        lock (_gate)
        {
            epoch = _epoch;
            _take++;
            var compacted = History.CompactedRevision;
            for (var visits = _ready.Count; visits > 0 && _ready.Count > 0 && group.Count < groupMax; visits--)
            {
                _readyCursor = (_readyCursor + 1) % _ready.Count;
                var stream = _ready[_readyCursor];
                if (stream.LastTake == _take)
                {
                    // Streams that left the list on the way moved others, so one can come by twice.
                    continue;
                }

                stream.LastTake = _take;
                var behind = stream.Behind;
                for (var i = behind.Count - 1; i >= 0 && group.Count < groupMax; i--)
                {
                    Triage(behind[i], compacted, group);
                }
            }

            if (group.Count == 0)
            {
                _recent.TurnOff();
                return _ready.Count > 0;
            }

            _recent.TurnOn();
        }

        from = oldestFirst ? group.Min(watcher => watcher.NextRevision) : group.Max(watcher => watcher.NextRevision);
        var first = from;
        group.RemoveAll(watcher => watcher.NextRevision < first);
        return true;
    }

    /// <summary>
    /// Catch-up, second half: gives the group what was read (all its events before <paramref name="next"/>), then, when
    /// the recent revisions reach back to there, those too, and whoever has everything is synced. Nothing happens when
    /// the store was replaced meanwhile.
    /// </summary>
    internal void GiveHistory(
        List<Watcher> group,
        WatcherIndex index,
        EventMatcher matcher,
        EventBatch? batch,
        long headerRevision,
        long next,
        long epoch
    )
    {
        lock (_gate)
        {
            if (epoch != _epoch)
            {
                matcher.Clear();
                return;
            }

            if (batch is not null)
            {
                Deliver(matcher, batch, headerRevision, _refused);
            }

            AdvanceGroup(group, next);
            if (next <= _notifiedRevision && _recent.Covers(next))
            {
                foreach (var recent in _recent.Batches)
                {
                    GiveRecent(index, matcher, recent, next);
                }

                AdvanceGroup(group, _notifiedRevision + 1);
            }

            foreach (var watcher in group)
            {
                if (watcher.State == WatcherState.Behind && watcher.NextRevision > _notifiedRevision)
                {
                    Promote(watcher);
                }

                if (watcher.IsRefused)
                {
                    watcher.IsRefused = false;
                    UpdateReady(watcher.Stream);
                }
            }

            _refused.Clear();
        }
    }

    private void GiveRecent(WatcherIndex index, EventMatcher matcher, EventBatch recent, long next)
    {
        var revision = recent.RevisionOf(0);
        if (revision < next)
        {
            return;
        }

        var refusedBefore = _refused.Count;
        matcher.Match(index, recent);
        Deliver(matcher, recent, revision, _refused);
        for (var i = refusedBefore; i < _refused.Count; i++)
        {
            _refused[i].NextRevision = revision;
        }
    }

    /// <summary>Whoever was refused something stays where it is: nothing after it may be given before it.</summary>
    private static void AdvanceGroup(List<Watcher> group, long next)
    {
        foreach (var watcher in group)
        {
            if (watcher.State == WatcherState.Behind && !watcher.IsRefused)
            {
                watcher.NextRevision = Math.Max(watcher.NextRevision, next);
            }
        }
    }

    private void Triage(Watcher watcher, long compacted, List<Watcher> group)
    {
        if (watcher.NextRevision > _notifiedRevision)
        {
            Promote(watcher);
        }
        else if (watcher.NextRevision < compacted)
        {
            RemoveBehind(watcher);
            watcher.State = WatcherState.Compacted;
            Metrics.AddWatchers(-1);
            var control = new WatchControl(Canceled: true, CompactRevision: compacted);
            watcher.Stream.QueueControl(watcher.Id, 0, control);
        }
        else
        {
            group.Add(watcher);
        }
    }

    private void Register(Watcher watcher)
    {
        var stream = watcher.Stream;
        stream.Watchers.Add(watcher.Id, watcher);
        if (watcher.WantsProgress)
        {
            stream.ProgressWatchers.Add(watcher.Id, watcher);
        }

        stream.QueueControl(watcher.Id, _notifiedRevision, WatchControl.WatchCreated);
        Metrics.AddWatchers(1);
        if (watcher.StartRevision == 0 || watcher.StartRevision > _notifiedRevision)
        {
            watcher.NextRevision = Math.Max(watcher.StartRevision, _notifiedRevision + 1);
            _synced.Add(watcher);
        }
        else
        {
            watcher.NextRevision = watcher.StartRevision;
            AddBehind(watcher);
        }
    }

    private void Forget(Watcher watcher)
    {
        switch (watcher.State)
        {
            case WatcherState.Synced:
                _synced.Remove(watcher);
                Metrics.AddWatchers(-1);
                break;
            case WatcherState.Behind:
                RemoveBehind(watcher);
                Metrics.AddWatchers(-1);
                break;
            case WatcherState.Compacted:
            default:
                break;
        }

        watcher.State = WatcherState.Canceled;
    }

    /// <summary>Queues what was matched; one stream's gate is held as long as its watchers follow each other.</summary>
    private void Deliver(EventMatcher matcher, EventBatch batch, long revision, List<Watcher> refused)
    {
        WatchStream? held = null;
        long queued = 0;
        foreach (var watcher in matcher.Matched)
        {
            if (watcher.State > WatcherState.Behind || watcher.IsRefused)
            {
                continue;
            }

            if (!ReferenceEquals(held, watcher.Stream))
            {
                held?.Gate.Exit();
                held = watcher.Stream;
                held.Gate.Enter();
            }

            if (held.TryQueueEvents(watcher, batch, revision))
            {
                queued += watcher.Selection.Count;
                watcher.IsProgressDue = false;
            }
            else
            {
                watcher.IsRefused = true;
                refused.Add(watcher);
            }
        }

        held?.Gate.Exit();
        Metrics.EventsQueued(queued);
        matcher.Clear();
    }

    private void FallBehind(long revision)
    {
        foreach (var watcher in _refused)
        {
            watcher.IsRefused = false;
            watcher.NextRevision = revision;
            _synced.Remove(watcher);
            AddBehind(watcher);
        }

        _refused.Clear();
    }

    private void AddBehind(Watcher watcher)
    {
        watcher.State = WatcherState.Behind;
        watcher.BehindSlot = watcher.Stream.Behind.Count;
        watcher.Stream.Behind.Add(watcher);
        Metrics.AddSlowWatchers(1);
        UpdateReady(watcher.Stream);
    }

    private void RemoveBehind(Watcher watcher)
    {
        var behind = watcher.Stream.Behind;
        var last = behind[^1];
        behind[watcher.BehindSlot] = last;
        last.BehindSlot = watcher.BehindSlot;
        behind.RemoveAt(behind.Count - 1);
        watcher.BehindSlot = Watcher.NoSlot;
        Metrics.AddSlowWatchers(-1);
        UpdateReady(watcher.Stream);
    }

    private void Promote(Watcher watcher)
    {
        RemoveBehind(watcher);
        watcher.State = WatcherState.Synced;
        _synced.Add(watcher);
    }

    private void UpdateReady(WatchStream stream)
    {
        var isReady = stream.Behind.Count > 0 && !stream.IsFull;
        if (isReady == (stream.ReadySlot != Watcher.NoSlot))
        {
            return;
        }

        if (isReady)
        {
            stream.ReadySlot = _ready.Count;
            _ready.Add(stream);
            CatchUpWanted?.Invoke();
            return;
        }

        var last = _ready[^1];
        _ready[stream.ReadySlot] = last;
        last.ReadySlot = stream.ReadySlot;
        _ready.RemoveAt(_ready.Count - 1);
        stream.ReadySlot = Watcher.NoSlot;
    }
}
