using System.Globalization;
using System.Text;

namespace EtcdSharp.CommandLine.Text;

/// <summary>Durations in Go's writing, such as 1m30s or 1.5ms.</summary>
public static class GoDuration
{
    private static readonly (string Name, double Nanoseconds)[] s_units =
    [
        ("ns", 1),
        ("us", 1e3),
        ("µs", 1e3),
        ("μs", 1e3),
        ("ms", 1e6),
        ("s", 1e9),
        ("m", 60e9),
        ("h", 3600e9),
    ];

    /// <summary>Null, or what is wrong with the text.</summary>
    public static string? Parse(string text, out TimeSpan value)
    {
        ArgumentNullException.ThrowIfNull(text);
        value = TimeSpan.Zero;
        var invalid = $"time: invalid duration {GoQuote.Of(text)}";
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return null;
        }

        if (rest.IsEmpty)
        {
            return invalid;
        }

        double nanoseconds = 0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            var number = digits < 0 ? rest : rest[..digits];
            if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
            {
                return invalid;
            }

            rest = digits < 0 ? [] : rest[digits..];
            var next = rest.IndexOfAny("0123456789.");
            var unit = (next < 0 ? rest : rest[..next]).ToString();
            if (unit.Length == 0)
            {
                return $"time: missing unit in duration {GoQuote.Of(text)}";
            }

            var known = Array.FindIndex(s_units, candidate => candidate.Name == unit);
            if (known < 0)
            {
                return $"time: unknown unit {GoQuote.Of(unit)} in duration {GoQuote.Of(text)}";
            }

            nanoseconds += amount * s_units[known].Nanoseconds;
            rest = rest[unit.Length..];
        }

        if (nanoseconds > long.MaxValue)
        {
            return invalid;
        }

        value = TimeSpan.FromTicks((long)Math.Round(nanoseconds / TimeSpan.NanosecondsPerTick) * (negative ? -1 : 1));
        return null;
    }

    /// <summary>The shortest exact form.</summary>
    public static string Of(TimeSpan value)
    {
        if (value == TimeSpan.Zero)
        {
            return "0s";
        }

        var sign = value < TimeSpan.Zero ? "-" : "";
        var nanoseconds = (decimal)Math.Abs(value.Ticks) * TimeSpan.NanosecondsPerTick;
        if (nanoseconds < 1_000_000_000)
        {
            var (unit, size) =
                nanoseconds < 1_000 ? ("ns", 1m)
                : nanoseconds < 1_000_000 ? ("µs", 1_000m)
                : ("ms", 1_000_000m);
            return sign + Number(nanoseconds / size) + unit;
        }

        var seconds = nanoseconds / 1_000_000_000;
        var text = new StringBuilder(sign);
        var hours = (long)(seconds / 3600);
        var minutes = (long)(seconds / 60) % 60;
        if (hours > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{hours}h");
        }

        if (hours > 0 || minutes > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{minutes}m");
        }

        return text.Append(Number(seconds % 60)).Append('s').ToString();
    }

    private static string Number(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
