using System.Diagnostics.Metrics;

namespace EtcdSharp.Edge.Metrics;

/// <summary>
/// Listens to the instruments of every room and keeps what they measured, for <c>/metrics</c>. An instrument whose name is
/// in <see cref="MetricTable"/> is kept; others are not part of etcd's contract and are left to other listeners. Of the meters
/// that belong to one member (their scope is its collector) only its own count. A collector is made before anything of its
/// member runs, because what is measured before is not heard.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private const string MeterPrefix = "EtcdSharp";

    private readonly Dictionary<string, MetricFamily> _families;
    private readonly MeterListener _listener = new();
    private readonly Meter _meter;
    private readonly Lock _scrape = new();

    public MetricsCollector(bool extensive)
    {
        _meter = new Meter(new MeterOptions(MeterPrefix + ".Member") { Scope = this });
        _families = MetricTable
            .All(extensive)
            .ToDictionary(definition => definition.Name, definition => new MetricFamily(definition), StringComparer.Ordinal);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (
                instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal)
                && (instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, this))
                && _families.TryGetValue(instrument.Name, out var family)
            )
            {
                listener.EnableMeasurementEvents(instrument, family);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.Start();
    }

    /// <summary>The meter of this member: what is measured on it is heard by this collector and by no other.</summary>
    public Meter Meter => _meter;

    /// <summary>The families in the order of their names, after the observable instruments were asked.</summary>
    public IReadOnlyList<MetricFamily> Scrape()
    {
        lock (_scrape)
        {
            _listener.RecordObservableInstruments();
            ProcessMetrics.Record(_families);
            return [.. _families.Values.OrderBy(family => family.Definition.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>The series of a metric, for one that is measured so often that a listener in between would cost too much.</summary>
    public MetricSeries Series(string metric, params ReadOnlySpan<KeyValuePair<string, object?>> labels) =>
        _families[metric].For(labels);

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private static void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var family = (MetricFamily)state!;
        if (instrument is UpDownCounter<long> or UpDownCounter<int>)
        {
            family.For(tags).Add(value);
        }
        else if (instrument.IsObservable)
        {
            // Observable counters report their total, not what came since.
            family.For(tags).Set(value);
        }
        else
        {
            family.Measure(value, tags);
        }
    }
}
