using System.Collections.Concurrent;

namespace EtcdSharp.Edge.Metrics;

/// <summary>All series of one metric.</summary>
internal sealed class MetricFamily
{
    /// <summary>Series that are found by comparing tags, which costs no allocation; the most any hot histogram has, twice.</summary>
    private const int ComparedSeriesMax = 32;

    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly Lock _growing = new();
    private MetricSeries[] _compared = [];
    private readonly MetricSeries? _single;

    public MetricFamily(MetricDefinition definition)
    {
        Definition = definition;
        if (definition.Labels.Length == 0)
        {
            _single = new MetricSeries(definition, []);
        }
    }

    public MetricDefinition Definition { get; }

    public IEnumerable<MetricSeries> Series =>
        _single is not null ? [_single] : _series.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value);

    public MetricSeries For(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_single is not null)
        {
            return _single;
        }

        foreach (var series in Volatile.Read(ref _compared))
        {
            if (series.Has(tags))
            {
                return series;
            }
        }

        var values = ValuesOf(tags);
        var key = string.Join('\u001f', values);
        return _series.TryGetValue(key, out var found) ? found : Add(key, values);
    }

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = For(tags);
        switch (Definition.Kind)
        {
            case MetricKind.Histogram:
                series.Observe(value);
                break;
            case MetricKind.Counter:
                series.Add(value);
                break;
            default:
                series.Set(value);
                break;
        }
    }

    private MetricSeries Add(string key, string[] values)
    {
        lock (_growing)
        {
            var series = _series.GetOrAdd(key, new MetricSeries(Definition, values));
            if (_compared.Length < ComparedSeriesMax && !_compared.Contains(series))
            {
                Volatile.Write(ref _compared, [.. _compared, series]);
            }

            return series;
        }
    }

    private string[] ValuesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = new string[Definition.Labels.Length];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = "";
            foreach (var (name, value) in tags)
            {
                if (name == Definition.Labels[index])
                {
                    values[index] = MetricSeries.TextOf(value);
                }
            }
        }

        return values;
    }
}
