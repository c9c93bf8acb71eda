namespace EtcdSharp.Edge.Metrics;

/// <summary>The measurements of one metric under one set of label values. Safe to add to from any thread.</summary>
internal sealed class MetricSeries(MetricDefinition definition, string[] labelValues)
{
    private readonly long[] _bucketCounts = new long[definition.Buckets.Length + 1];
    private double _value;

    public string[] LabelValues { get; } = labelValues;

    /// <summary>The counter's or gauge's value, or the sum of a histogram.</summary>
    public double Value => Volatile.Read(ref _value);

    public static string TextOf(object? labelValue) =>
        labelValue switch
        {
            string text => text,
            bool truth => truth ? "true" : "false",
            _ => labelValue?.ToString() ?? "",
        };

    /// <summary>Whether these are the label values of the series, in whatever order the tags come.</summary>
    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        for (var index = 0; index < LabelValues.Length; index++)
        {
            object? given = null;
            foreach (var (name, value) in tags)
            {
                if (name == definition.Labels[index])
                {
                    given = value;
                }
            }

            if (TextOf(given) != LabelValues[index])
            {
                return false;
            }
        }

        return true;
    }

    public void Set(double value) => Volatile.Write(ref _value, value);

    public void Add(double amount)
    {
        double seen;
        do
        {
            seen = Volatile.Read(ref _value);
        } while (Interlocked.CompareExchange(ref _value, seen + amount, seen) != seen);
    }

    public void Observe(double value)
    {
        var index = Array.BinarySearch(definition.Buckets, value);
        Interlocked.Increment(ref _bucketCounts[index < 0 ? ~index : index]);
        Add(value);
    }

    /// <summary>Measurements in a bucket alone; the last index is the infinite bucket.</summary>
    public long BucketCount(int index) => Volatile.Read(ref _bucketCounts[index]);
}
