using System.Diagnostics.Metrics;
using EtcdSharp.Edge.Metrics;

namespace EtcdSharp.Server.Tests.Metrics;

public sealed class MetricsCollectorTests
{
    [Fact]
    public void MeasurementsOfEveryKindAreShown()
    {
        using var meter = new Meter("EtcdSharp.MetricsCollectorTests");
        using var collector = new MetricsCollector(extensive: false);
        meter.CreateCounter<long>("etcd_debugging_store_expires_total").Add(2);
        var handled = meter.CreateCounter<long>("grpc_server_handled_total");
        handled.Add(
            3,
            new("grpc_method", "Test\"Put"),
            new("grpc_service", "s"),
            new("grpc_code", "OK"),
            new("grpc_type", "unary")
        );
        var histogram = meter.CreateHistogram<double>("etcd_snap_db_fsync_duration_seconds");
        histogram.Record(0.0015);
        histogram.Record(100);
        meter.CreateObservableGauge("etcd_server_snapshot_apply_in_progress_total", () => 5L);
        meter.CreateUpDownCounter<long>("etcd_debugging_store_watchers").Add(4);

        var text = PrometheusText.Write(collector.Scrape());
        Assert.Contains("\netcd_debugging_store_expires_total 2\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "\ngrpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Test\\\"Put\",grpc_service=\"s\",grpc_type=\"unary\"} 3\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("\netcd_snap_db_fsync_duration_seconds_bucket{le=\"0.001\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\netcd_snap_db_fsync_duration_seconds_bucket{le=\"0.002\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\netcd_snap_db_fsync_duration_seconds_bucket{le=\"+Inf\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("\netcd_snap_db_fsync_duration_seconds_count 2\n", text, StringComparison.Ordinal);
        Assert.Contains("\netcd_server_snapshot_apply_in_progress_total 5\n", text, StringComparison.Ordinal);
        Assert.Contains("\netcd_debugging_store_watchers 4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryMetricOfEtcdHasItsNameKindAndLabels()
    {
        var byName = MetricTable.All(extensive: true).ToDictionary(metric => metric.Name, StringComparer.Ordinal);
        var lines = File.ReadAllLines(SharedFiles.Find("reference/etcd-3.7.1-metrics.txt"));
        Assert.True(lines.Length > 90, $"only {lines.Length} metrics were read from the reference");
        foreach (var line in lines)
        {
            var parts = line.Split(' ');
            Assert.True(byName.TryGetValue(parts[0], out var metric), parts[0]);
            Assert.Equal(parts[1], metric.Kind.ToString().ToLowerInvariant());
            Assert.Equal(parts[2], string.Join(',', metric.Labels));
        }
    }
}
