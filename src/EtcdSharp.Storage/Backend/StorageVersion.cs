using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Backend;

/// <summary>The release whose schema the backend file has. The patch number is always 0 in what is stored.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StorageVersion(int Major, int Minor) : IComparable<StorageVersion>
{
    /// <summary>The oldest that can be told: releases before it store no term beside the applied index.</summary>
    public static readonly StorageVersion V3_5 = new(3, 5);

    /// <summary>The first that is recorded in the file.</summary>
    public static readonly StorageVersion V3_6 = new(3, 6);

    /// <summary>The newest that is known here.</summary>
    public static readonly StorageVersion V3_7 = new(3, 7);

    public StorageVersion Next => this with { Minor = Minor + 1 };

    public StorageVersion Previous => this with { Minor = Minor - 1 };

    public static bool operator <(StorageVersion left, StorageVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(StorageVersion left, StorageVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(StorageVersion left, StorageVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(StorageVersion left, StorageVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Reads <c>3.6</c> and <c>3.6.0</c>; the patch number is dropped.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out StorageVersion version)
    {
        version = default;
        var parts = text?.Split('.') ?? [];
        if (
            parts.Length is < 2 or > 3
            || !TryParseNumber(parts[0], out var major)
            || !TryParseNumber(parts[1], out var minor)
            || (parts.Length == 3 && !TryParseNumber(parts[2], out _))
        )
        {
            return false;
        }

        version = new StorageVersion(major, minor);
        return true;
    }

    /// <summary>What the meta bucket tells; null when it tells neither a version nor, by a term, that it is of 3.5.</summary>
    /// <exception cref="InvalidDataException">The record is no version.</exception>
    public static StorageVersion? Detect(BoltBucket meta)
    {
        if (meta.TryGet(MetaKeys.StorageVersion, out var stored))
        {
            var text = Encoding.ASCII.GetString(stored);
            return TryParse(text, out var version)
                ? version
                : throw new InvalidDataException($"the storage version '{text}' in the backend file is no version");
        }

        return meta.TryGet(MetaKeys.Term, out var term) && term.ContainsAnyExcept((byte)0) ? V3_5 : null;
    }

    public int CompareTo(StorageVersion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    /// <summary>Major and minor number, as people write it.</summary>
    public string ToReleaseString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    /// <summary>As it is stored.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.0");

    private static bool TryParseNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
