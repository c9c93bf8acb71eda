using EtcdSharp.Replica.Lease;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Simulation.Checking;

/// <summary>
/// What clients were promised about leases: not to end before the time to live has passed since the call began that was
/// answered, measured in true time with room for the difference of clock rates.
/// </summary>
internal sealed class LeaseLedger
{
    private readonly World _world;
    private readonly Dictionary<long, long> _aliveUntil = [];
    private readonly Dictionary<long, long> _expiredAt = [];
    private readonly Queue<long> _recent = new();
    private readonly HashSet<ulong> _clientRevocations = [];

    public LeaseLedger(World world)
    {
        _world = world;
        world.Model.MinimumTtlSeconds = LessorOptions.MinimumTtlSecondsFor(
            world.Shape.ElectionTicks,
            TimeSpan.FromMilliseconds(world.Shape.HeartbeatMs)
        );
        world.Model.LeaseRevoked = Revoked;
    }

    /// <summary>Leases granted or renewed lately.</summary>
    public IReadOnlyList<long> Promises => [.. _recent];

    public int Expired => _expiredAt.Count;

    public int ExpiriesProposed { get; private set; }

    public void ExpiryProposed() => ExpiriesProposed++;

    public void RevokedByClient(ulong requestId) => _clientRevocations.Add(requestId);

    /// <summary>A grant or renewal was answered that began at <paramref name="invokedAt"/>.</summary>
    public void Promised(long id, long ttlSeconds, long invokedAt)
    {
        var until = invokedAt + (long)(ttlSeconds * Shape.Second / (1 + (2 * _world.Shape.ClockSpread)));
        _world.Note($"lease {id} is promised for {ttlSeconds}s, asked for at {invokedAt / 1e9:F3}s: until {until / 1e9:F3}s");
        _recent.Enqueue(id);
        if (_recent.Count > 4)
        {
            _recent.Dequeue();
        }

        _aliveUntil[id] = Math.Max(until, _aliveUntil.GetValueOrDefault(id));
        if (_expiredAt.TryGetValue(id, out var ended))
        {
            Require(id, ended);
        }
    }

    private void Revoked(ulong requestId, long id)
    {
        if (!_clientRevocations.Contains(requestId))
        {
            _expiredAt[id] = _world.Now;
            Require(id, _world.Now);
        }
    }

    private void Require(long id, long ended)
    {
        var until = _aliveUntil.GetValueOrDefault(id);
        if (ended < until)
        {
            throw new Violation("leases last", $"lease {id} was promised until {until / 1e9:F3}s and ended at {ended / 1e9:F3}s");
        }
    }
}
