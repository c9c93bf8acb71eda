using System.Globalization;

namespace EtcdSharp.CommandLine.Text;

/// <summary>Sizes as etcd's programs print them for people: powers of 1000, one decimal below ten.</summary>
public static class HumanSize
{
    private static readonly string[] s_units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    public static string Of(long bytes)
    {
        // A negative size has never been seen; as the unsigned number that Go makes of it, it is at least noticed.
        var size = (ulong)bytes;
        if (size < 10)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{size} B");
        }

        var exponent = (int)Math.Floor(Math.Log(size) / Math.Log(1000));
        var value = Math.Floor((size / Math.Pow(1000, exponent) * 10) + 0.5) / 10;
        return string.Create(CultureInfo.InvariantCulture, $"{Digits(value)} {s_units[exponent]}");
    }

    private static string Digits(double value) =>
        value < 10
            ? value.ToString("0.0", CultureInfo.InvariantCulture)
            : Math.Round(value, MidpointRounding.ToEven).ToString("0", CultureInfo.InvariantCulture);
}
