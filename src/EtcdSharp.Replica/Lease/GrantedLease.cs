using EtcdSharp.Mvcc.Watch;

namespace EtcdSharp.Replica.Lease;

/// <summary>One lease. Guarded by its lessor's gate, apart from what never changes.</summary>
internal sealed class GrantedLease
{
    /// <summary>The expiry of every lease on a member that is not the primary.</summary>
    public const long Never = long.MaxValue;

    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly TaskCreationOptions _howWaitersResume;
    private TaskCompletionSource? _ended;

    public GrantedLease(long id, long ttlSeconds, long remainingTtlSeconds, TaskCreationOptions howWaitersResume)
    {
        _howWaitersResume = howWaitersResume;
        Id = id;
        TtlSeconds = ttlSeconds;
        CheckpointedTtlSeconds = remainingTtlSeconds;
        Expiry = new LeaseDue(this);
        Checkpoint = new LeaseDue(this);
    }

    public long Id { get; }

    public long TtlSeconds { get; }

    /// <summary>The last remaining time the cluster agreed on; zero means the whole time to live.</summary>
    public long CheckpointedTtlSeconds { get; set; }

    public long ExpiryNanoseconds { get; private set; } = Never;

    /// <summary>True from when a remaining time is proposed until one is applied.</summary>
    public bool IsCheckpointUnderWay { get; set; }

    /// <summary>Renewals that have set out to clear the remaining time and are not done yet: no other time may be proposed meanwhile.</summary>
    public int RenewalsUnderWay { get; set; }

    /// <summary>True once its revocation was handed out, whatever the time of those who were asked to renew it before.</summary>
    public bool IsEnding { get; set; }

    public LeaseDue Expiry { get; }

    public LeaseDue Checkpoint { get; }

    public HashSet<byte[]> Keys { get; } = new(ByteKeyComparer.Instance);

    public long RemainingTtlSeconds => CheckpointedTtlSeconds > 0 ? CheckpointedTtlSeconds : TtlSeconds;

    /// <summary>Completes when the lease is revoked or its lessor stops being the primary.</summary>
    public Task WhenEnded => (_ended ??= new TaskCompletionSource(_howWaitersResume)).Task;

    public bool IsExpired(long nowNanoseconds) => IsEnding || ExpiryNanoseconds <= nowNanoseconds;

    /// <summary>The longest time to live is 285 years, so adding to a clock that has run for some saturates below never.</summary>
    public void Refresh(long nowNanoseconds, long extendNanoseconds)
    {
        IsCheckpointUnderWay = false;
        IsEnding = false;
        Start(nowNanoseconds, extendNanoseconds, RemainingTtlSeconds);
    }

    /// <summary>The clock starts over with the whole time to live, whatever remaining time is on its way through the log.</summary>
    public void Renew(long nowNanoseconds) => Start(nowNanoseconds, 0, TtlSeconds);

    private void Start(long nowNanoseconds, long extendNanoseconds, long ttlSeconds)
    {
        var whole = (Int128)nowNanoseconds + extendNanoseconds + ((Int128)ttlSeconds * NanosecondsPerSecond);
        ExpiryNanoseconds = whole >= Never ? Never - 1 : (long)whole;
    }

    public void KeepForever()
    {
        IsEnding = false;
        ExpiryNanoseconds = Never;
    }

    public void SignalEnded()
    {
        _ended?.TrySetResult();
        _ended = null;
    }

    public byte[][] SortedKeys()
    {
        var keys = new byte[Keys.Count][];
        Keys.CopyTo(keys);
        Array.Sort(keys, ByteKeyComparer.Instance);
        return keys;
    }
}
