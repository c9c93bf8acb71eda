using System.Globalization;

namespace EtcdSharp.Grpc.Wire;

/// <summary>The grpc-timeout header: at most eight digits and a unit, H M S m u n.</summary>
internal static class GrpcTimeout
{
    private const int DigitsMax = 8;

    /// <summary>False where the text is malformed. Times too long for a <see cref="TimeSpan"/> do not exist: 99999999 hours fit.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length < 2 || text.Length > DigitsMax + 1)
        {
            return false;
        }

        // The parser alone would let zero bytes pass behind the digits.
        if (
            text[..^1].ContainsAnyExceptInRange('0', '9')
            || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long amount)
        )
        {
            return false;
        }

        long ticksPerUnit;
        switch (text[^1])
        {
            case 'H':
                ticksPerUnit = TimeSpan.TicksPerHour;
                break;
            case 'M':
                ticksPerUnit = TimeSpan.TicksPerMinute;
                break;
            case 'S':
                ticksPerUnit = TimeSpan.TicksPerSecond;
                break;
            case 'm':
                ticksPerUnit = TimeSpan.TicksPerMillisecond;
                break;
            case 'u':
                ticksPerUnit = TimeSpan.TicksPerMicrosecond;
                break;
            case 'n':
                // Rounded up to a whole tick of 100 ns, so that a deadline is never earlier than the client's own.
                timeout = TimeSpan.FromTicks((amount + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick);
                return true;
            default:
                return false;
        }

        timeout = TimeSpan.FromTicks(amount * ticksPerUnit);
        return true;
    }

    /// <summary>The finest unit whose number still has at most eight digits, rounded up.</summary>
    public static string Format(TimeSpan timeout)
    {
        long ticks = Math.Max(timeout.Ticks, 0);
        ReadOnlySpan<(long TicksPerUnit, char Unit)> units =
        [
            (TimeSpan.TicksPerMicrosecond, 'u'),
            (TimeSpan.TicksPerMillisecond, 'm'),
            (TimeSpan.TicksPerSecond, 'S'),
            (TimeSpan.TicksPerMinute, 'M'),
        ];
        foreach ((long ticksPerUnit, char unit) in units)
        {
            long amount = (ticks + ticksPerUnit - 1) / ticksPerUnit;
            if (amount <= 99_999_999)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{amount}{unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Math.Min(ticks / TimeSpan.TicksPerHour, 99_999_999)}H");
    }
}
