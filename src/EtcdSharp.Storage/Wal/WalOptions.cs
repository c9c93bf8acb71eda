using EtcdSharp.Platform;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Storage.Wal;

/// <summary>How a log is written.</summary>
internal sealed record WalOptions
{
    /// <summary>etcd's size of a segment: 64 decimal megabytes.</summary>
    public const long SegmentBytesDefault = 64 * 1000 * 1000;

    public long SegmentBytes { get; init; } = SegmentBytesDefault;

    /// <summary>Where the log counts.</summary>
    public WalMetrics Metrics { get; init; } = WalMetrics.Unheard;

    /// <summary>Leaves out every sync (<c>--unsafe-no-fsync</c>): a power loss then loses acknowledged writes.</summary>
    public bool UnsafeNoFsync { get; init; }

    /// <summary>
    /// True: a thread of its own prepares the next segment ahead. False: a segment is prepared when it is needed, so
    /// that a simulation sees the same order of disk operations every time.
    /// </summary>
    public bool PrepareSegmentsAhead { get; init; } = true;

    /// <summary>With <see cref="PrepareSegmentsAhead"/>: writes zeros where the log will go, which makes its syncs cheaper.</summary>
    public bool WriteZerosAhead { get; init; } = true;

    /// <summary>Measures syncs.</summary>
    public required IClock Clock { get; init; }

    internal bool WritesZeros => WriteZerosAhead && PrepareSegmentsAhead && !UnsafeNoFsync;

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
