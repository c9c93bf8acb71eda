using System.Runtime.InteropServices;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc.Index;

/// <summary>
/// One change of a key, 32 bytes: where its value stands in the key bucket and what the index knows of it. In a
/// version array of a <see cref="KeyRecord"/> the element 0 is not a version but the number of those that follow.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KeyVersion
{
    /// <summary>The main revision of this change.</summary>
    public long Mod;

    /// <summary>The main revision of the put that began this life of the key; 0 when compaction has taken it (tombstones only).</summary>
    public long Create;

    /// <summary>Puts since the beginning of this life, this one included; on a tombstone one more.</summary>
    public long Version;

    /// <summary>The sub-revision, twice, plus one on a tombstone.</summary>
    public long SubAndMark;

    public readonly long Sub => SubAndMark >> 1;

    public readonly bool IsTombstone => (SubAndMark & 1) != 0;

    public readonly Revision Revision => new(Mod, Sub);

    public static KeyVersion Put(Revision revision, long create, long version) =>
        new()
        {
            Mod = revision.Main,
            Create = create,
            Version = version,
            SubAndMark = revision.Sub << 1,
        };

    public static KeyVersion Tombstone(Revision revision, long create, long version) =>
        new()
        {
            Mod = revision.Main,
            Create = create,
            Version = version,
            SubAndMark = (revision.Sub << 1) | 1,
        };
}
