using EtcdSharp.Grpc;
using EtcdSharp.Mvcc;

namespace EtcdSharp.Edge.Grpc;

/// <summary>One read's place among the <see cref="LargeReads"/>: waiting → under way → left.</summary>
internal sealed class LargeRead : IDisposable
{
    private static readonly GrpcStatus TooSlow = new(
        StatusCode.ResourceExhausted,
        "etcdserver: the client does not read its answer and others wait for theirs"
    );

    private readonly LargeReads _all;
    private readonly Action<GrpcStatus> _end;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private long _sentAt;
    private bool _left;

    public LargeRead(LargeReads all, Action<GrpcStatus> end, long bytes, TimeProvider time)
    {
        _all = all;
        _end = end;
        _time = time;
        Bytes = bytes;
        Place = new LinkedListNode<LargeRead>(this);
    }

    public long Bytes { get; }

    /// <summary>Its answer is made in one go and held as a whole.</summary>
    public bool IsWhole { get; init; }

    public LinkedListNode<LargeRead> Place { get; }

    public Task Admitted => _admitted.Task;

    /// <summary>How long it has been waiting for its client to take what was sent; zero while it works or waits for its turn.</summary>
    public TimeSpan Unread => Volatile.Read(ref _sentAt) is var sent && sent == 0 ? TimeSpan.Zero : _time.GetElapsedTime(sent);

    public void Admit() => _admitted.SetResult();

    public ValueTask TakeTurnAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _sentAt, 0);
        return _all.TakeTurnAsync(cancellationToken);
    }

    public void GiveTurn()
    {
        HandOut();
        _all.GiveTurn();
    }

    /// <summary>From now on the client has something to take.</summary>
    public void HandOut() => Volatile.Write(ref _sentAt, _time.GetTimestamp());

    /// <summary>Measures a walk in turns; it may be overtaken by a compaction meanwhile.</summary>
    public async ValueTask MeasureAsync(RangeWalk walk, CancellationToken cancellationToken)
    {
        for (var isMeasured = false; !isMeasured && !walk.IsOvertaken; )
        {
            await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                isMeasured = walk.Measure(LargeReads.KeysPerTurn);
            }
            finally
            {
                GiveTurn();
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Ends the call, unless it has ended: its object may serve another one then.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (!_left)
            {
                _end(TooSlow);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _left = true;
        }

        _all.Leave(this);
    }
}
