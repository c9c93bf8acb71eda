namespace EtcdSharp.Mvcc;

internal sealed class MvccOptions
{
    /// <summary>Key-values looked at per step of a physical compaction, as <c>--experimental-compaction-batch-limit</c>.</summary>
    public int CompactionBatchLimit { get; init; } = 1000;

    /// <summary>The pause between two steps, so that a compaction never takes the disk from the writes.</summary>
    public int CompactionPauseMs { get; init; } = 10;

    /// <summary>
    /// How long a compaction waits for long reads of revisions below it: 200 MB at 4 MB/s take 50 s. Meanwhile what it
    /// compacts stays in memory and file: not more than a minute of writes.
    /// </summary>
    public int LongReadGraceMs { get; init; } = 60 * 1000;

    /// <summary>Off in the simulation, which calls <see cref="MvccStore.CompactStep"/> when the seed says so.</summary>
    public bool CompactsOnOwnThread { get; init; } = true;

    /// <summary>
    /// Called on a thread of the store, with what it was doing, when the file cannot be read: it is damaged, or the disk
    /// fails. Must not return; the default ends the process.
    /// </summary>
    public Action<string, Exception> Failed { get; init; } =
        static (part, failure) => Environment.FailFast($"{part} failed: {failure.Message}", failure);

    /// <summary>Where the store counts.</summary>
    public MvccMetrics Metrics { get; init; } = MvccMetrics.Unheard;

    /// <summary>Called on the compaction's thread when one begins, with its revision.</summary>
    public Action<long>? CompactionStarted { get; init; }

    /// <summary>Called on the compaction's thread when one has ended.</summary>
    public Action<CompactionReport>? CompactionFinished { get; init; }

    /// <summary>Seeds the hash of the key table, so that nobody can choose keys that collide.</summary>
    public ulong HashSeed { get; init; } = 0x9E3779B97F4A7C15;
}
