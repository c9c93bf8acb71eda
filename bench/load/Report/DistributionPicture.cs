using System.Globalization;
using System.Text;

namespace EtcdSharp.Bench.Report;

/// <summary>The latencies of a run as a picture: how many requests took how long, on a logarithmic scale, and the rate over time.</summary>
internal static class DistributionPicture
{
    private const int Width = 900;
    private const int Left = 60;
    private const int PlotHeight = 220;
    private const int Columns = 160;

    private static readonly string[] Colours = ["#2266aa", "#cc5522", "#338844"];

    public static string Draw(LoadResult result)
    {
        var shown = result.Series.Where(series => series.Latency.Count > 0).ToList();
        var svg = new StringBuilder();
        svg.AppendLine(
            CultureInfo.InvariantCulture,
            $"<svg xmlns='http://www.w3.org/2000/svg' width='{Width}' height='{(2 * PlotHeight) + 140}' font-family='sans-serif' font-size='11'>"
        );
        svg.AppendLine("<rect width='100%' height='100%' fill='white'/>");
        svg.AppendLine(
            CultureInfo.InvariantCulture,
            $"<text x='{Left}' y='18' font-size='14'>{result.Options.Scenario}: {result.Options.Clients} clients, {result.Options.Connections} connections, {result.Elapsed.TotalSeconds:F1} s</text>"
        );
        if (shown.Count > 0)
        {
            DrawLatencies(svg, shown, 40);
            DrawRates(svg, shown, PlotHeight + 100);
        }
        return svg.AppendLine("</svg>").ToString();
    }

    private static void DrawLatencies(StringBuilder svg, List<SeriesResult> shown, int top)
    {
        var low = Math.Log10(Math.Max(1000, shown.Min(series => series.Latency.Min)));
        var high = Math.Max(low + 0.1, Math.Log10(shown.Max(series => series.Latency.Max)));
        var bottom = top + PlotHeight;
        double X(double nanoseconds) =>
            Left + ((Math.Log10(Math.Max(1000, nanoseconds)) - low) / (high - low) * (Width - Left - 20));
        foreach (var (series, index) in shown.Select((series, index) => (series, index)))
        {
            var columns = new double[Columns];
            foreach (var (from, to, count) in series.Latency.Buckets())
            {
                var middle = (X(from) + X(to)) / 2;
                columns[Math.Clamp((int)((middle - Left) / (Width - Left - 20) * Columns), 0, Columns - 1)] += count;
            }
            var most = columns.Max();
            var points = columns.Select(
                (count, i) =>
                    Point(Left + ((i + 0.5) / Columns * (Width - Left - 20)), bottom - (count / most * (PlotHeight - 20)))
            );
            var colour = Colours[index % Colours.Length];
            svg.AppendLine(
                CultureInfo.InvariantCulture,
                $"<polyline fill='none' stroke='{colour}' stroke-width='1.5' points='{string.Join(' ', points)}'/>"
            );
            svg.AppendLine(
                CultureInfo.InvariantCulture,
                $"<text x='{Left + 10}' y='{top + 12 + (14 * index)}' fill='{colour}'>{series.Name}: {series.Latency.Count:N0}</text>"
            );
            foreach (var (name, share) in new[] { ("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999) })
            {
                var value = series.Latency.Quantile(share);
                svg.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"<line x1='{X(value):F1}' x2='{X(value):F1}' y1='{top}' y2='{bottom}' stroke='{colour}' stroke-dasharray='3 3'/>"
                );
                svg.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"<text x='{X(value) + 2:F1}' y='{top + 8 + (12 * index)}' fill='{colour}'>{name} {value / 1e6:F2} ms</text>"
                );
            }
        }
        Axis(svg, bottom);
        for (var decade = Math.Ceiling(low); decade <= high; decade++)
        {
            svg.AppendLine(
                CultureInfo.InvariantCulture,
                $"<text x='{X(Math.Pow(10, decade)):F1}' y='{bottom + 16}' text-anchor='middle'>{Math.Pow(10, decade - 6):G3} ms</text>"
            );
        }
    }

    private static void DrawRates(StringBuilder svg, List<SeriesResult> shown, int top)
    {
        var bottom = top + PlotHeight - 40;
        var most = Math.Max(1, shown.Max(series => series.PerSecond.Max()));
        var seconds = shown.Max(series => series.PerSecond.Count);
        foreach (var (series, index) in shown.Select((series, index) => (series, index)))
        {
            var points = series.PerSecond.Select(
                (count, i) =>
                    Point(Left + ((i + 0.5) / seconds * (Width - Left - 20)), bottom - ((double)count / most * (PlotHeight - 60)))
            );
            svg.AppendLine(
                CultureInfo.InvariantCulture,
                $"<polyline fill='none' stroke='{Colours[index % Colours.Length]}' stroke-width='1.5' points='{string.Join(' ', points)}'/>"
            );
        }
        Axis(svg, bottom);
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x='{Left}' y='{top + 8}'>{most:N0}/s</text>");
        svg.AppendLine(
            CultureInfo.InvariantCulture,
            $"<text x='{Width - 20}' y='{bottom + 16}' text-anchor='end'>{seconds} s</text>"
        );
    }

    private static void Axis(StringBuilder svg, int y) =>
        svg.AppendLine(CultureInfo.InvariantCulture, $"<line x1='{Left}' x2='{Width - 20}' y1='{y}' y2='{y}' stroke='black'/>");

    private static string Point(double x, double y) => string.Create(CultureInfo.InvariantCulture, $"{x:F1},{y:F1}");
}
