using System.Globalization;

namespace EtcdSharp.Platform.Logging;

/// <summary>Bytes as etcd's log lines write them for people: <c>20 kB</c>, <c>2.1 GB</c>, a kB being 1000 bytes.</summary>
internal static class ByteSize
{
    private static readonly string[] s_units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    public static string Format(long bytes)
    {
        if (bytes < 10)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{bytes} B");
        }

        var unit = 0;
        double size = bytes;
        while (size >= 1000 && unit < s_units.Length - 1)
        {
            size /= 1000;
            unit++;
        }

        size = Math.Floor((size * 10) + 0.5) / 10;
        return size < 10
            ? string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {s_units[unit]}")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Round(size, MidpointRounding.ToEven):0} {s_units[unit]}");
    }
}
