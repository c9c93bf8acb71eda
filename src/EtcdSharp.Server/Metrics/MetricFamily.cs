using System.Collections.Concurrent;

namespace EtcdSharp.Server.Metrics;

/// <summary>All series of one metric.</summary>
internal sealed class MetricFamily
{
    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
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

        // One label that is a string, the most frequent case, needs no key of its own.
        var key = tags.Length == 1 && tags[0].Value is string only ? only : KeyOf(tags);
        return _series.TryGetValue(key, out var found)
            ? found
            : _series.GetOrAdd(key, new MetricSeries(Definition, ValuesOf(tags)));
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

    /// <summary>Forgets series that come from observable gauges, so that one that is no longer observed is not shown for ever.</summary>
    public void Clear() => _series.Clear();

    private string KeyOf(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join('\u001f', ValuesOf(tags));

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
                    values[index] = value switch
                    {
                        bool truth => truth ? "true" : "false",
                        _ => value?.ToString() ?? "",
                    };
                }
            }
        }

        return values;
    }
}
