namespace EtcdSharp.Edge.Metrics;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}
