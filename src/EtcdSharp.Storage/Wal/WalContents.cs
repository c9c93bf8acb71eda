using EtcdSharp.Raft;

namespace EtcdSharp.Storage.Wal;

/// <summary>What a log holds behind the snapshot it was read from.</summary>
internal sealed record WalContents
{
    /// <summary>The identity record (etcdserverpb.Metadata), as written at creation.</summary>
    public byte[] Metadata { get; init; } = [];

    /// <summary>The last hard state; the empty one when none was written.</summary>
    public HardState State { get; init; }

    /// <summary>The entries behind the snapshot, without gaps. Those that a later leader replaced are gone.</summary>
    public required List<Entry> Entries { get; init; }

    /// <summary>The index of the last entry or snapshot record, also when it lies before the start.</summary>
    public ulong LastIndex { get; init; }

    /// <summary>True when the end of the last segment was torn and has been cut off (or, for readers, is left out).</summary>
    public bool TornTail { get; init; }
}
