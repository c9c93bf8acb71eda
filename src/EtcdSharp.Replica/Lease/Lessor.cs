using System.Runtime.InteropServices;
using EtcdSharp.Mvcc;
using EtcdSharp.Mvcc.Watch;

namespace EtcdSharp.Replica.Lease;

/// <summary>
/// Owns the leases. Grants, revocations and checkpoints come from the apply thread in log order and are the same on
/// every member; expiry and renewal happen on the primary alone, which is the raft leader. It has no clock and no
/// thread: the time is an argument (nanoseconds of one monotonic clock), and <see cref="Tick"/> says what is due.
/// </summary>
/// <remarks>
/// The edge renews and looks up on its own threads, so the leases are behind a gate. Which key hangs on which lease
/// is asked for every put; only the apply thread touches that map, so it needs no gate.
/// </remarks>
internal sealed class Lessor : ILeaseAttachments
{
    public const long NoLease = 0;

    /// <summary>285 years: the longest time that fits in etcd's 64-bit nanoseconds.</summary>
    public const long TtlSecondsMax = 9_000_000_000;

    /// <summary>The ticks that <see cref="Tick"/> is written for: the rates per second are halved.</summary>
    public const int TicksPerSecond = 2;

    /// <summary>Checkpoints in one proposal: 1000 × at most 22 bytes stays far below the request limit.</summary>
    public const int CheckpointsPerProposalMax = 1000;

    /// <summary>Proposals of checkpoints per second.</summary>
    public const int CheckpointProposalsPerSecond = 1000;

    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly Lock _gate = new();
    private readonly LessorOptions _options;
    private readonly ILeaseBucket _bucket;
    private readonly long _checkpointIntervalNanoseconds;
    private readonly long _expiredRetryNanoseconds;
    private readonly Dictionary<long, GrantedLease> _leases = [];
    private readonly LeaseDueQueue _expiries = new();
    private readonly LeaseDueQueue _checkpoints = new();
    private readonly Dictionary<byte[], long> _leaseOfKey = new(ByteKeyComparer.Instance);
    private readonly Dictionary<byte[], long>.AlternateLookup<ReadOnlySpan<byte>> _leaseOfKeySpan;
    private bool _isPrimary;

    /// <summary>Opens with the leases that the bucket holds; their keys come back by <see cref="Attach"/> when the store restores.</summary>
    public Lessor(LessorOptions options, ILeaseBucket bucket)
    {
        _options = options;
        _bucket = bucket;
        _checkpointIntervalNanoseconds = ToNanoseconds(options.CheckpointInterval);
        _expiredRetryNanoseconds = ToNanoseconds(options.ExpiredRetryInterval);
        _leaseOfKeySpan = _leaseOfKey.GetAlternateLookup<ReadOnlySpan<byte>>();
        CheckpointsPersisted = options.CheckpointsPersisted;
        Restore();
    }

    /// <summary>Set when the cluster's version reaches 3.6, from which checkpoints are always stored. Apply thread.</summary>
    public bool CheckpointsPersisted { get; set; }

    public bool IsPrimary
    {
        get
        {
            lock (_gate)
            {
                return _isPrimary;
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _leases.Count;
            }
        }
    }

    /// <summary>Forgets everything and reads the bucket again: at open, and when a snapshot replaced the store. Apply thread.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            foreach (var lease in _leases.Values)
            {
                lease.SignalEnded();
            }

            _leases.Clear();
            _leaseOfKey.Clear();
            _expiries.Clear();
            _checkpoints.Clear();
            foreach (var record in _bucket.ReadAll())
            {
                var ttl = Math.Max(record.TtlSeconds, _options.MinimumTtlSeconds);
                _leases[record.Id] = new GrantedLease(record.Id, ttl, record.RemainingTtlSeconds, _options.HowWaitersResume);
            }
        }
    }

    /// <summary>Apply thread.</summary>
    public LeaseGrant Grant(long id, long ttlSeconds, long nowNanoseconds)
    {
        if (id == NoLease)
        {
            return new LeaseGrant(LeaseStatus.NotFound, id, 0);
        }

        if (ttlSeconds > TtlSecondsMax)
        {
            return new LeaseGrant(LeaseStatus.TtlTooLarge, id, 0);
        }

        var lease = new GrantedLease(id, Math.Max(ttlSeconds, _options.MinimumTtlSeconds), 0, _options.HowWaitersResume);
        lock (_gate)
        {
            if (!_leases.TryAdd(id, lease))
            {
                return new LeaseGrant(LeaseStatus.AlreadyExists, id, 0);
            }

            if (_isPrimary)
            {
                StartClock(lease, nowNanoseconds, 0);
            }
        }

        Store(lease);
        _options.Metrics.Granted.Add(1);
        _options.Metrics.TimeToLive.Record(lease.TtlSeconds);
        return new LeaseGrant(LeaseStatus.Done, id, lease.TtlSeconds);
    }

    /// <summary>
    /// The keys that go with the lease, in ascending order, so that every member deletes them under the same
    /// sub-revisions; null when there is no such lease. The caller deletes them in one write transaction and then
    /// calls <see cref="Revoke"/> before it ends that transaction. Apply thread.
    /// </summary>
    public byte[][]? KeysToRevoke(long id)
    {
        lock (_gate)
        {
            return _leases.TryGetValue(id, out var lease) ? lease.SortedKeys() : null;
        }
    }

    /// <summary>
    /// Forgets the lease and deletes its record, which joins the batch that the deletions of its keys went to: a
    /// crash leaves both or neither. Apply thread.
    /// </summary>
    public LeaseStatus Revoke(long id)
    {
        lock (_gate)
        {
            if (!_leases.Remove(id, out var lease))
            {
                return LeaseStatus.NotFound;
            }

            foreach (var key in lease.Keys)
            {
                _leaseOfKey.Remove(key);
            }

            _expiries.Remove(lease.Expiry);
            _checkpoints.Remove(lease.Checkpoint);
            lease.SignalEnded();
        }

        _bucket.Delete(id);
        _options.Metrics.Revoked.Add(1);
        return LeaseStatus.Done;
    }

    /// <summary>Remembers a remaining time that the cluster agreed on; a lease that is gone is no error. Apply thread.</summary>
    public void ApplyCheckpoint(in LeaseCheckpoint checkpoint, long nowNanoseconds)
    {
        GrantedLease? lease;
        lock (_gate)
        {
            if (!_leases.TryGetValue(checkpoint.Id, out lease))
            {
                return;
            }

            lease.CheckpointedTtlSeconds = checkpoint.RemainingTtlSeconds;
            lease.IsCheckpointUnderWay = false;
            if (_isPrimary)
            {
                ScheduleCheckpoint(lease, nowNanoseconds);
            }
        }

        if (CheckpointsPersisted)
        {
            Store(lease);
        }
    }

    public bool Exists(long id)
    {
        lock (_gate)
        {
            return _leases.ContainsKey(id);
        }
    }

    /// <summary>The lease a key hangs on, or <see cref="NoLease"/>. Apply thread.</summary>
    public long LeaseOf(ReadOnlySpan<byte> key) => _leaseOfKeySpan.TryGetValue(key, out var id) ? id : NoLease;

    /// <summary>Hangs a key on a lease; it leaves the one it hung on. False when there is no such lease. Apply thread.</summary>
    public bool Attach(long id, ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            if (!_leases.TryGetValue(id, out var lease))
            {
                return false;
            }

            ref var current = ref CollectionsMarshal.GetValueRefOrAddDefault(_leaseOfKeySpan, key, out var isKnown);
            if (isKnown && current == id)
            {
                return true;
            }

            if (isKnown && _leases.TryGetValue(current, out var former))
            {
                RemoveKey(former, key);
            }

            current = id;
            lease.Keys.GetAlternateLookup<ReadOnlySpan<byte>>().Add(key);
            return true;
        }
    }

    /// <summary>Takes a key off its lease. Apply thread.</summary>
    public void Detach(long id, ReadOnlySpan<byte> key)
    {
        if (!_leaseOfKeySpan.TryGetValue(key, out var current) || current != id)
        {
            return;
        }

        _leaseOfKeySpan.Remove(key);
        lock (_gate)
        {
            if (_leases.TryGetValue(id, out var lease))
            {
                RemoveKey(lease, key);
            }
        }
    }

    /// <summary>First half of a renewal: what must happen before <see cref="FinishRenewal"/>.</summary>
    public LeaseRenewal BeginRenewal(long id, long nowNanoseconds)
    {
        lock (_gate)
        {
            if (!_isPrimary)
            {
                return new LeaseRenewal(LeaseRenewalStep.NotPrimary);
            }

            if (!_leases.TryGetValue(id, out var lease))
            {
                return new LeaseRenewal(LeaseRenewalStep.NotFound);
            }

            if (lease.IsExpired(nowNanoseconds))
            {
                return new LeaseRenewal(LeaseRenewalStep.AwaitEnd, lease.WhenEnded);
            }

            if (!_options.CheckpointsEnabled || (lease.CheckpointedTtlSeconds == 0 && !lease.IsCheckpointUnderWay))
            {
                return new LeaseRenewal(LeaseRenewalStep.Ready);
            }

            lease.RenewalsUnderWay++;
            return new LeaseRenewal(LeaseRenewalStep.ClearCheckpoint, Lease: lease);
        }
    }

    /// <summary>
    /// The end of a renewal that was to clear the remaining time first, whatever came of it. Where that failed the lease has
    /// lost its place in the queue meanwhile, and is to be checkpointed again.
    /// </summary>
    public void EndRenewal(in LeaseRenewal renewal, long nowNanoseconds)
    {
        if (renewal.Lease is not { } lease)
        {
            return;
        }

        lock (_gate)
        {
            lease.RenewalsUnderWay--;
            if (lease.RenewalsUnderWay == 0)
            {
                ScheduleIfHeld(lease, nowNanoseconds);
            }
        }
    }

    /// <summary>Remaining times that <see cref="Tick"/> gave out could not be proposed: they are due again an interval later.</summary>
    public void CheckpointsFailed(ReadOnlySpan<LeaseCheckpoint> checkpoints, long nowNanoseconds)
    {
        lock (_gate)
        {
            foreach (var checkpoint in checkpoints)
            {
                if (_leases.TryGetValue(checkpoint.Id, out var lease))
                {
                    ScheduleIfHeld(lease, nowNanoseconds);
                }
            }
        }
    }

    /// <summary>Second half of a renewal: the clock of the lease starts over. The time to live counts only when done.</summary>
    public LeaseGrant FinishRenewal(long id, long nowNanoseconds)
    {
        lock (_gate)
        {
            if (!_isPrimary)
            {
                return new LeaseGrant(LeaseStatus.NotPrimary, id, 0);
            }

            if (!_leases.TryGetValue(id, out var lease))
            {
                return new LeaseGrant(LeaseStatus.NotFound, id, 0);
            }

            // Clearing a remaining time takes a way through the log, and the lease may have run out meanwhile: its revocation
            // is proposed then, and nothing takes that back.
            if (lease.IsExpired(nowNanoseconds))
            {
                return new LeaseGrant(LeaseStatus.Expired, id, 0);
            }

            lease.Renew(nowNanoseconds);
            _expiries.Schedule(lease.Expiry, lease.ExpiryNanoseconds);
            _options.Metrics.Renewed.Add(1);
            return new LeaseGrant(LeaseStatus.Done, id, lease.TtlSeconds);
        }
    }

    public LeaseDetails? Describe(long id, bool withKeys, long nowNanoseconds)
    {
        lock (_gate)
        {
            if (!_leases.TryGetValue(id, out var lease))
            {
                return null;
            }

            var isDemoted = lease.ExpiryNanoseconds == GrantedLease.Never;
            var remaining = isDemoted ? TimeSpan.MaxValue : FromNanoseconds(lease.ExpiryNanoseconds - nowNanoseconds);
            return new LeaseDetails(id, lease.TtlSeconds, remaining, withKeys ? lease.SortedKeys() : [], isDemoted);
        }
    }

    /// <summary>The ids of all leases, those that expire first in front.</summary>
    public long[] ListIds()
    {
        lock (_gate)
        {
            return [.. SortedByExpiry().Select(lease => lease.Id)];
        }
    }

    /// <summary>
    /// This member leads from now on: every lease gets its remaining time anew, and <paramref name="extend"/> on top
    /// because its owner could not renew while there was no leader.
    /// </summary>
    public void Promote(TimeSpan extend, long nowNanoseconds)
    {
        var extendNanoseconds = ToNanoseconds(extend);
        lock (_gate)
        {
            _isPrimary = true;
            foreach (var lease in _leases.Values)
            {
                StartClock(lease, nowNanoseconds, extendNanoseconds);
            }

            if (_leases.Count >= _options.RevokesPerSecond)
            {
                SpreadExpiries(nowNanoseconds, extendNanoseconds);
            }
        }
    }

    /// <summary>Another member leads: nothing expires here, and those who wait for an expired lease to go are let off.</summary>
    public void Demote()
    {
        lock (_gate)
        {
            _isPrimary = false;
            _expiries.Clear();
            _checkpoints.Clear();
            foreach (var lease in _leases.Values)
            {
                lease.KeepForever();
                lease.SignalEnded();
            }
        }
    }

    /// <summary>What is due at this moment; called <see cref="TicksPerSecond"/> times a second. Empty unless primary.</summary>
    public LessorDuties Tick(long nowNanoseconds)
    {
        lock (_gate)
        {
            return _isPrimary
                ? new LessorDuties(TakeExpired(nowNanoseconds), TakeCheckpoints(nowNanoseconds))
                : LessorDuties.None;
        }
    }

    private List<long> TakeExpired(long nowNanoseconds)
    {
        List<long> expired = [];
        var limit = _options.RevokesPerSecond / TicksPerSecond;
        while (expired.Count < limit && _expiries.Count > 0 && _expiries.Soonest.DueNanoseconds <= nowNanoseconds)
        {
            var due = _expiries.Soonest;
            _expiries.Schedule(due, nowNanoseconds + _expiredRetryNanoseconds);
            due.Lease.IsEnding = true;
            expired.Add(due.Lease.Id);
        }

        return expired;
    }

    private List<LeaseCheckpoint> TakeCheckpoints(long nowNanoseconds)
    {
        List<LeaseCheckpoint> checkpoints = [];
        const int limit = CheckpointsPerProposalMax * (CheckpointProposalsPerSecond / TicksPerSecond);
        while (checkpoints.Count < limit && _checkpoints.Count > 0 && _checkpoints.Soonest.DueNanoseconds <= nowNanoseconds)
        {
            var lease = _checkpoints.Soonest.Lease;
            _checkpoints.Remove(lease.Checkpoint);
            if (lease.RenewalsUnderWay != 0 || lease.IsExpired(nowNanoseconds))
            {
                continue;
            }

            var left = lease.ExpiryNanoseconds - nowNanoseconds;
            var leftSeconds = (left / NanosecondsPerSecond) + (left % NanosecondsPerSecond == 0 ? 0 : 1);
            if (leftSeconds < lease.TtlSeconds)
            {
                lease.IsCheckpointUnderWay = true;
                checkpoints.Add(new LeaseCheckpoint(lease.Id, leftSeconds));
            }
        }

        return checkpoints;
    }

    private void StartClock(GrantedLease lease, long nowNanoseconds, long extendNanoseconds)
    {
        lease.Refresh(nowNanoseconds, extendNanoseconds);
        _expiries.Schedule(lease.Expiry, lease.ExpiryNanoseconds);
        ScheduleCheckpoint(lease, nowNanoseconds);
    }

    private void ScheduleIfHeld(GrantedLease lease, long nowNanoseconds)
    {
        if (_isPrimary && _leases.GetValueOrDefault(lease.Id) == lease)
        {
            ScheduleCheckpoint(lease, nowNanoseconds);
        }
    }

    private void ScheduleCheckpoint(GrantedLease lease, long nowNanoseconds)
    {
        var isLong = lease.RemainingTtlSeconds > _checkpointIntervalNanoseconds / NanosecondsPerSecond;
        if (_options.CheckpointsEnabled && isLong && lease.Checkpoint.Slot == LeaseDue.NotQueued)
        {
            _checkpoints.Schedule(lease.Checkpoint, nowNanoseconds + _checkpointIntervalNanoseconds);
        }
    }

    /// <summary>
    /// After a leader change all leases have fresh clocks, and those of one length would expire in one moment. Each
    /// second is given three quarters of what can be revoked in it, so that the pile leaves room for others; what
    /// is over that is delayed in proportion to how many are over.
    /// </summary>
    private void SpreadExpiries(long nowNanoseconds, long extendNanoseconds)
    {
        var perSecond = Math.Max(1, 3 * _options.RevokesPerSecond / 4);
        var leases = SortedByExpiry();
        var windowStart = leases[0].ExpiryNanoseconds;
        var windowEnd = windowStart + NanosecondsPerSecond;
        var inWindow = 0L;
        foreach (var lease in leases)
        {
            var expiry = lease.ExpiryNanoseconds;
            if (expiry > windowEnd)
            {
                windowStart = expiry;
                windowEnd = SaturatingAdd(windowStart, NanosecondsPerSecond);
                inWindow = 1;
                continue;
            }

            inWindow++;
            if (inWindow <= perSecond)
            {
                continue;
            }

            var delay = (long)((Int128)NanosecondsPerSecond * inWindow / perSecond) - (expiry - windowStart);
            windowEnd = SaturatingAdd(windowStart, delay);
            StartClock(lease, nowNanoseconds, extendNanoseconds + delay);
        }
    }

    private GrantedLease[] SortedByExpiry()
    {
        var leases = new GrantedLease[_leases.Count];
        _leases.Values.CopyTo(leases, 0);
        Array.Sort(
            leases,
            static (left, right) =>
                left.ExpiryNanoseconds != right.ExpiryNanoseconds
                    ? left.ExpiryNanoseconds.CompareTo(right.ExpiryNanoseconds)
                    : left.Id.CompareTo(right.Id)
        );
        return leases;
    }

    private void Store(GrantedLease lease) =>
        _bucket.Put(new LeaseRecord(lease.Id, lease.TtlSeconds, lease.CheckpointedTtlSeconds));

    private static void RemoveKey(GrantedLease lease, ReadOnlySpan<byte> key) =>
        lease.Keys.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(key);

    private static long SaturatingAdd(long left, long right) => left > long.MaxValue - right ? long.MaxValue : left + right;

    private static long ToNanoseconds(TimeSpan span) => checked(span.Ticks * TimeSpan.NanosecondsPerTick);

    private static TimeSpan FromNanoseconds(long nanoseconds) => new(nanoseconds / TimeSpan.NanosecondsPerTick);
}
