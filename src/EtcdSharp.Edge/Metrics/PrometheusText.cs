using System.Globalization;
using System.Text;

namespace EtcdSharp.Edge.Metrics;

/// <summary>The text form of metrics that Prometheus reads, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";

    public static string Write(IReadOnlyList<MetricFamily> families)
    {
        var text = new StringBuilder(64 * 1024);
        foreach (var family in families)
        {
            var definition = family.Definition;
            var all = family.Series.ToList();
            if (all.Count == 0)
            {
                // As with Prometheus' own library, a metric with labels exists once it has measured something.
                continue;
            }

            text.Append("# HELP ").Append(definition.Name).Append(' ').Append(definition.Help).Append('\n');
            text.Append("# TYPE ")
                .Append(definition.Name)
                .Append(' ')
                .Append(definition.Kind.ToString().ToLowerInvariant())
                .Append('\n');
            foreach (var series in all)
            {
                if (definition.Kind == MetricKind.Histogram)
                {
                    AppendHistogram(text, definition, series);
                }
                else
                {
                    AppendLine(text, definition.Name, definition, series, null, series.Value);
                }
            }
        }

        return text.ToString();
    }

    private static void AppendHistogram(StringBuilder text, MetricDefinition definition, MetricSeries series)
    {
        long count = 0;
        for (var index = 0; index <= definition.Buckets.Length; index++)
        {
            count += series.BucketCount(index);
            var bound = index < definition.Buckets.Length ? Number(definition.Buckets[index]) : "+Inf";
            AppendLine(text, definition.Name + "_bucket", definition, series, bound, count);
        }

        AppendLine(text, definition.Name + "_sum", definition, series, null, series.Value);
        AppendLine(text, definition.Name + "_count", definition, series, null, count);
    }

    private static void AppendLine(
        StringBuilder text,
        string name,
        MetricDefinition definition,
        MetricSeries series,
        string? bucketBound,
        double value
    )
    {
        text.Append(name);
        var separator = '{';
        for (var index = 0; index < definition.Labels.Length; index++)
        {
            text.Append(separator)
                .Append(definition.Labels[index])
                .Append("=\"")
                .Append(Escape(series.LabelValues[index]))
                .Append('"');
            separator = ',';
        }

        if (bucketBound is not null)
        {
            text.Append(separator).Append("le=\"").Append(bucketBound).Append('"');
            separator = ',';
        }

        if (separator == ',')
        {
            text.Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Escape(string label) =>
        label
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value)
    {
        // Prometheus' own writer turns to exponents at 21 digits; what is below is written plainly.
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('E', StringComparison.Ordinal)
            ? text.Replace("E+", "e+", StringComparison.Ordinal).Replace("E-", "e-", StringComparison.Ordinal)
            : text;
    }
}
