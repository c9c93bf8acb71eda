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
    private const int SubShift = 1;
    private const int LengthShift = 33;

    /// <summary>The main revision of this change.</summary>
    public long Mod;

    /// <summary>The main revision of the put that began this life of the key; 0 when compaction has taken it (tombstones only).</summary>
    public long Create;

    /// <summary>Puts since the beginning of this life, this one included; on a tombstone one more.</summary>
    public long Version;

    /// <summary>
    /// From the lowest bit up: 1 bit set on a tombstone, 32 bits sub-revision, 31 bits length of the encoded KeyValue.
    /// A sub-revision counts the changes of one request: 2^32 of them are 880 GB of index at 206 bytes a key.
    /// </summary>
    public ulong LengthSubAndMark;

    public readonly long Sub => (uint)(LengthSubAndMark >> SubShift);

    public readonly bool IsTombstone => (LengthSubAndMark & 1) != 0;

    /// <summary>Bytes of the encoded KeyValue in the key bucket, so that the size of an answer is known without reading it; 0 on a tombstone.</summary>
    public readonly int EncodedLength => (int)(LengthSubAndMark >> LengthShift);

    public readonly Revision Revision => new(Mod, Sub);

    public static KeyVersion Put(Revision revision, long create, long version, int encodedLength) =>
        new()
        {
            Mod = revision.Main,
            Create = create,
            Version = version,
            LengthSubAndMark = ((ulong)encodedLength << LengthShift) | ((ulong)(uint)revision.Sub << SubShift),
        };

    public static KeyVersion Tombstone(Revision revision, long create, long version) =>
        new()
        {
            Mod = revision.Main,
            Create = create,
            Version = version,
            LengthSubAndMark = ((ulong)(uint)revision.Sub << SubShift) | 1,
        };
}
