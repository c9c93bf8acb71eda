using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

namespace EtcdSharp.Replica.Membership;

/// <summary>A release number of etcd; pre-release suffixes are read and dropped.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EtcdVersion(int Major, int Minor, int Patch) : IComparable<EtcdVersion>
{
    /// <summary>The release whose behaviour this server has; what clients and other members are told.</summary>
    public static readonly EtcdVersion Server = new(3, 7, 1);

    /// <summary>
    /// The releases that a member can act as, so that a data directory can go back to one of them; the patch numbers
    /// are those whose behaviour was compared, because clients choose features by them.
    /// </summary>
    private static readonly EtcdVersion[] Emulated = [new(3, 5, 30), new(3, 6, 14), Server];

    /// <summary>The version a cluster starts with while the releases of its members are not all known.</summary>
    public static readonly EtcdVersion OldestCluster = new(3, 0, 0);

    /// <summary>The version with the patch number dropped, as clusters and storage have it.</summary>
    public EtcdVersion Release => this with { Patch = 0 };

    /// <summary>The only version that a cluster of this version may be downgraded to.</summary>
    public EtcdVersion DowngradeTarget => new(Major, Minor - 1, 0);

    public static bool operator <(EtcdVersion left, EtcdVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(EtcdVersion left, EtcdVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(EtcdVersion left, EtcdVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EtcdVersion left, EtcdVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Reads <c>3.7.1</c>, <c>v3.7.1</c>, <c>3.7</c> and <c>3.7.1-alpha.0</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out EtcdVersion version)
    {
        version = default;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        var core = text.AsSpan(text[0] == 'v' ? 1 : 0);
        var suffix = core.IndexOfAny('-', '+');
        if (suffix >= 0)
        {
            core = core[..suffix];
        }

        Span<int> numbers = stackalloc int[3];
        var count = 0;
        foreach (var range in core.Split('.'))
        {
            if (
                count == numbers.Length
                || !int.TryParse(core[range], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[count++])
            )
            {
                return false;
            }
        }

        version = new EtcdVersion(numbers[0], numbers[1], numbers[2]);
        return count >= 2;
    }

    /// <summary>The release to act as for <c>3.5</c>, <c>3.6</c> or <c>3.7</c>; false for anything else.</summary>
    public static bool TryEmulate(string text, out EtcdVersion version)
    {
        version = Array.Find(Emulated, release => release.ToReleaseString() == text);
        return version != default;
    }

    public int CompareTo(EtcdVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    /// <summary>Major and minor number, as status pages and logs show a cluster version.</summary>
    public string ToReleaseString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
}
