using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Backend;

/// <summary>One pending change of the key bucket: its revision and where its encoded KeyValue lies. 32 bytes.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct KeyEntry
{
    public byte[] Data;
    public int Start;
    public int Length;
    public long Main;

    /// <summary>The sub-revision, twice, plus one on a tombstone.</summary>
    public long SubAndMark;

    public readonly Revision Revision => new(Main, SubAndMark >> 1);

    public readonly bool IsTombstone => (SubAndMark & 1) != 0;

    public readonly ReadOnlySpan<byte> Value => Data.AsSpan(Start, Length);
}
