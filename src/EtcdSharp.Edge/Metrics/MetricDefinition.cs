namespace EtcdSharp.Edge.Metrics;

/// <summary>One metric of etcd: what <c>/metrics</c> says of it before any measurement.</summary>
/// <param name="Labels">Label names in the order they are written; empty for a metric that is one number.</param>
/// <param name="Buckets">Upper bounds of a histogram's buckets, without the infinite one.</param>
internal sealed record MetricDefinition(string Name, MetricKind Kind, string Help, string[] Labels, double[] Buckets)
{
    public static MetricDefinition Counter(string name, string help, params string[] labels) =>
        new(name, MetricKind.Counter, help, labels, []);

    public static MetricDefinition Gauge(string name, string help, params string[] labels) =>
        new(name, MetricKind.Gauge, help, labels, []);

    /// <summary>A histogram whose bounds begin at <paramref name="start"/> and double <paramref name="count"/> - 1 times.</summary>
    public static MetricDefinition Histogram(string name, string help, double start, int count, params string[] labels) =>
        new(
            name,
            MetricKind.Histogram,
            help,
            labels,
            [.. Enumerable.Range(0, count).Select(power => start * Math.Pow(2, power))]
        );
}
