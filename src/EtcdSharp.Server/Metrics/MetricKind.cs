namespace EtcdSharp.Server.Metrics;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}
