using System.Globalization;

namespace EtcdSharp.Platform.Text;

/// <summary>Durations as etcd's flags write them: signed decimal numbers with the units ns, us, ms, s, m and h.</summary>
internal static class GoDuration
{
    /// <summary>2^63: what the negative of a duration may be. A part above it is refused before it is multiplied.</summary>
    private const decimal NanosecondsMax = 9_223_372_036_854_775_808m;

    /// <summary>
    /// Whether the text is one, of at most 292 years (2^63 nanoseconds). A duration below 100 ns, the shortest that a
    /// <see cref="TimeSpan"/> can hold, becomes 100 ns: it must not turn into "never" or "not set".
    /// </summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return true;
        }

        if (rest.IsEmpty)
        {
            return false;
        }

        decimal nanoseconds = 0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (
                digits <= 0
                || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            )
            {
                return false;
            }

            rest = rest[digits..];
            var unitLength = rest.IndexOfAny("0123456789.");
            var unit = unitLength < 0 ? rest : rest[..unitLength];
            if (NanosecondsOf(unit) is not { } scale || number > NanosecondsMax / scale)
            {
                return false;
            }

            nanoseconds += number * scale;
            rest = rest[unit.Length..];
        }

        nanoseconds = decimal.Truncate(nanoseconds);
        if (nanoseconds > (negative ? NanosecondsMax : NanosecondsMax - 1))
        {
            return false;
        }

        var ticks = (long)(nanoseconds / TimeSpan.NanosecondsPerTick);
        ticks = ticks == 0 && nanoseconds != 0 ? 1 : ticks;
        duration = TimeSpan.FromTicks(negative ? -ticks : ticks);
        return true;
    }

    public static TimeSpan Parse(string text) =>
        TryParse(text, out var duration) ? duration : throw new FormatException($"time: invalid duration \"{text}\"");

    /// <summary>Writes a duration the way the logs and messages of etcd do: <c>1m30s</c>, <c>100ms</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        var sign = duration < TimeSpan.Zero ? "-" : "";
        var size = duration.Duration();
        if (size < TimeSpan.FromSeconds(1))
        {
            return size < TimeSpan.FromMilliseconds(1)
                ? string.Create(CultureInfo.InvariantCulture, $"{sign}{size.TotalMicroseconds:0.###}µs")
                : string.Create(CultureInfo.InvariantCulture, $"{sign}{size.TotalMilliseconds:0.######}ms");
        }

        var hours = (long)size.TotalHours;
        var seconds = string.Create(
            CultureInfo.InvariantCulture,
            $"{size.Seconds + (size.Ticks % TimeSpan.TicksPerSecond / 1e7):0.#######}s"
        );
        return hours > 0 ? $"{sign}{hours}h{size.Minutes}m{seconds}"
            : size.Minutes > 0 ? $"{sign}{size.Minutes}m{seconds}"
            : sign + seconds;
    }

    private static decimal? NanosecondsOf(ReadOnlySpan<char> unit) =>
        unit switch
        {
            "ns" => 1,
            "us" or "µs" or "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => null,
        };
}
