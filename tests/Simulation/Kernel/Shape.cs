using EtcdSharp.Platform.Simulated;
using EtcdSharp.Simulation.Members;

namespace EtcdSharp.Simulation.Kernel;

/// <summary>What a seed decides about a run before it begins. Limits are small, so that a short run meets all of them often.</summary>
internal sealed record Shape
{
    public const long Millisecond = 1_000_000;
    public const long Second = 1_000 * Millisecond;

    public required ulong Seed { get; init; }

    public required int Members { get; init; }

    public required int HeartbeatMs { get; init; }

    public required bool PreVote { get; init; }

    public required ulong MaxSizePerMessage { get; init; }

    public required int MaxInflightMessages { get; init; }

    public required ulong MaxCommittedSize { get; init; }

    public required long SegmentBytes { get; init; }

    public required ulong SnapshotCount { get; init; }

    public required ulong CatchUpEntries { get; init; }

    public required int CompactionBatchLimit { get; init; }

    public required long WatchBufferBytes { get; init; }

    public required int Keys { get; init; }

    public required WireKind Wire { get; init; }

    /// <summary>0 off, 1 on, 2 on and stored.</summary>
    public required int LeaseCheckpoints { get; init; }

    public required bool ElectionTickAdvance { get; init; }

    /// <summary>What a member's file may grow to; negative for no bound.</summary>
    public required long QuotaBytes { get; init; }

    public required int Clients { get; init; }

    public required int Watchers { get; init; }

    public required Workload Workload { get; init; }

    public required long ThinkNanoseconds { get; init; }

    /// <summary>About how long a watcher leaves what has come for it where it is.</summary>
    public required long WatchNanoseconds { get; init; }

    /// <summary>The mean time between two faults.</summary>
    public required long FaultSpacingNanoseconds { get; init; }

    public required int LongestFaultMs { get; init; }

    /// <summary>Clock rates lie within one plus or minus this.</summary>
    public required double ClockSpread { get; init; }

    /// <summary>How long faults happen; after that everything is mended and the cluster must recover.</summary>
    public required long FaultNanoseconds { get; init; }

    public int ElectionTicks => 10;

    public long ElectionNanoseconds => ElectionTicks * HeartbeatMs * Millisecond;

    public static int DefaultFaultSeconds(Workload workload) =>
        workload switch
        {
            Workload.Busy => 40,
            Workload.Ordinary => 3_600,
            _ => 12 * 3_600,
        };

    public static Shape Of(ulong seed, int faultSeconds, Workload workload = Workload.Busy)
    {
        var slower = workload switch
        {
            Workload.Busy => 1,
            Workload.Ordinary => 50,
            _ => 1_000,
        };
        var random = new SeededRandom(seed ^ 0x5348415045);
        int[] sizes = [1, 3, 3, 3, 5, 5, 2, 4, 7, 6];
        return new Shape
        {
            Seed = seed,
            Members = sizes[random.Next(sizes.Length)],
            Workload = workload,
            HeartbeatMs =
                workload == Workload.Quiet ? 1_000
                : random.Next(4) == 0 ? 300
                : 100,
            PreVote = random.Next(4) != 0,
            MaxSizePerMessage = random.Next(3) switch
            {
                0 => 0,
                1 => 300,
                _ => 1 << 20,
            },
            MaxInflightMessages = random.Next(3) switch
            {
                0 => 2,
                1 => 8,
                _ => 512,
            },
            MaxCommittedSize = random.Next(3) == 0 ? 400UL : 1 << 20,
            SegmentBytes = random.Next(3) switch
            {
                0 => 4 << 10,
                1 => 16 << 10,
                _ => 256 << 10,
            },
            SnapshotCount = random.Next(3) switch
            {
                0 => 15,
                1 => 60,
                _ => 300,
            },
            CatchUpEntries = random.Next(3) switch
            {
                0 => 2,
                1 => 10,
                _ => 60,
            },
            CompactionBatchLimit = random.Next(2) == 0 ? 3 : 100,
            WatchBufferBytes = random.Next(3) switch
            {
                0 => 300,
                1 => 2000,
                _ => 1 << 20,
            },
            Wire = (WireKind)random.Next(3),
            LeaseCheckpoints = random.Next(3),
            ElectionTickAdvance = random.Next(2) == 0,
            QuotaBytes = random.Next(6) == 0 ? (96 + random.Next(64)) << 10 : -1,
            Keys = 4 + random.Next(16),
            Clients = 2 + random.Next(5),
            Watchers = 1 + random.Next(4),
            ThinkNanoseconds =
                random.Next(3) switch
                {
                    0 => 20,
                    1 => 100,
                    _ => 400,
                }
                * Millisecond
                * slower,
            WatchNanoseconds = (random.Next(3) == 0 ? 400 : 30) * Millisecond * slower,
            FaultSpacingNanoseconds =
                random.Next(3) switch
                {
                    0 => 300,
                    1 => 1500,
                    _ => 5000,
                }
                * Millisecond
                * slower,
            LongestFaultMs = Math.Min(15_000 * slower, 600_000),
            ClockSpread = random.Next(3) * 0.01,
            FaultNanoseconds = faultSeconds * Second,
        };
    }
}
