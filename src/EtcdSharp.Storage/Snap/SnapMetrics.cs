using System.Diagnostics.Metrics;

namespace EtcdSharp.Storage.Snap;

/// <summary>The instruments of snapshot files, under etcd's names.</summary>
/// <param name="meter">The member's, so that two members in a process count apart.</param>
internal sealed class SnapMetrics(Meter meter)
{
    /// <summary>Where nobody collects metrics: tools and tests.</summary>
    public static SnapMetrics Unheard { get; } = new(new Meter("Unheard"));

    public readonly Histogram<double> SyncSeconds = meter.CreateHistogram<double>("etcd_snap_fsync_duration_seconds");

    public readonly Histogram<double> SaveSeconds = meter.CreateHistogram<double>(
        "etcd_debugging_snap_save_total_duration_seconds"
    );

    public readonly Histogram<double> EncodeSeconds = meter.CreateHistogram<double>(
        "etcd_debugging_snap_save_marshalling_duration_seconds"
    );
}
