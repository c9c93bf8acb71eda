using System.Text;

namespace EtcdSharp.CommandLine.Text;

/// <summary>A table with a frame of lines: headings in capitals and centred, cells to the right.</summary>
public sealed class TextTable(params IReadOnlyList<string> headings)
{
    private readonly List<IReadOnlyList<string>> rows = [];

    /// <summary>Adds a row, with a cell per heading.</summary>
    public TextTable Add(params IReadOnlyList<string> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        if (cells.Count != headings.Count)
        {
            throw new ArgumentException($"{cells.Count} cells do not fit under {headings.Count} headings", nameof(cells));
        }

        rows.Add([.. cells.Select(static cell => cell.Trim())]);
        return this;
    }

    public override string ToString()
    {
        string[] titles = [.. headings.Select(static heading => heading.Replace('_', ' ').Trim().ToUpperInvariant())];
        int[] widths =
        [
            .. titles.Select((title, i) => Math.Max(WidthOf(title), rows.Select(row => WidthOf(row[i])).DefaultIfEmpty().Max())),
        ];
        var text = new StringBuilder();
        AppendRule(text, widths, "┌┬┐");
        AppendRow(text, titles, widths, Centre);
        if (rows.Count > 0)
        {
            AppendRule(text, widths, "├┼┤");
        }

        foreach (var row in rows)
        {
            AppendRow(text, row, widths, static (cell, width) => Blank(width - WidthOf(cell)) + cell);
        }

        AppendRule(text, widths, "└┴┘");
        return text.ToString();
    }

    private static int WidthOf(string cell) => cell.EnumerateRunes().Count();

    private static string Blank(int width) => new(' ', width);

    private static string Centre(string cell, int width)
    {
        var left = (width - WidthOf(cell)) / 2;
        return Blank(left) + cell + Blank(width - WidthOf(cell) - left);
    }

    private static void AppendRule(StringBuilder text, int[] widths, string corners)
    {
        var lines = widths.Select(static width => new string('─', width + 2));
        text.Append(corners[0]).AppendJoin(corners[1], lines).Append(corners[2]).Append('\n');
    }

    private static void AppendRow(StringBuilder text, IReadOnlyList<string> cells, int[] widths, Func<string, int, string> align)
    {
        foreach (var (cell, width) in cells.Zip(widths))
        {
            text.Append("│ ").Append(align(cell, width)).Append(' ');
        }

        text.Append("│\n");
    }
}
