using EtcdSharp.Edge.Metrics;

namespace EtcdSharp.Edge.Calls;

/// <summary>The histograms of one kind of request. A series appears with the first request that belongs to it, as in etcd.</summary>
internal sealed class RequestTimes(MetricsCollector collector, string type, bool isRange)
{
    private MetricSeries? _succeeded;
    private MetricSeries? _failed;
    private MetricSeries? _rangeSucceeded;
    private MetricSeries? _rangeFailed;

    public void Record(bool success, double seconds)
    {
        if (success)
        {
            (_succeeded ??= RequestSeries("true")).Observe(seconds);
        }
        else
        {
            (_failed ??= RequestSeries("false")).Observe(seconds);
        }

        if (isRange)
        {
            (success ? _rangeSucceeded ??= RangeSeries("true") : _rangeFailed ??= RangeSeries("false")).Observe(seconds);
        }
    }

    private MetricSeries RequestSeries(string success) =>
        collector.Series("etcd_server_request_duration_seconds", new("success", success), new("type", type));

    private MetricSeries RangeSeries(string success) =>
        collector.Series("etcd_server_range_duration_seconds", new KeyValuePair<string, object?>("success", success));
}
