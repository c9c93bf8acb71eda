using System.Globalization;

namespace EtcdSharp.Server.Configuration;

/// <summary>Durations as etcd's flags write them: signed decimal numbers with the units ns, us, ms, s, m and h.</summary>
internal static class GoDuration
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan().Trim();
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

        double nanoseconds = 0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (
                digits <= 0
                || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            )
            {
                return false;
            }

            rest = rest[digits..];
            var unitLength = rest.IndexOfAny("0123456789.");
            var unit = unitLength < 0 ? rest : rest[..unitLength];
            if (NanosecondsOf(unit) is not { } scale)
            {
                return false;
            }

            nanoseconds += number * scale;
            rest = rest[unit.Length..];
        }

        var ticks = nanoseconds / TimeSpan.NanosecondsPerTick;
        if (ticks > long.MaxValue)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
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

    private static double? NanosecondsOf(ReadOnlySpan<char> unit) =>
        unit switch
        {
            "ns" => 1,
            "us" or "µs" or "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => null,
        };
}
