using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Node.Bootstrap;

/// <summary>What a member starts from: its ids, its log, its backend, and where both stand.</summary>
internal sealed record StartingPoint
{
    public required ulong MemberId { get; init; }

    public required ulong ClusterId { get; init; }

    public required WriteAheadLog Log { get; init; }

    public required BackendStore Backend { get; init; }

    /// <summary>The readable tail of the log.</summary>
    public required MemoryStorage Storage { get; init; }

    /// <summary>The configuration of the applied state; empty for a new cluster.</summary>
    public required ConfState Configuration { get; init; }

    /// <summary>The first members of a new cluster; empty when there is a log already.</summary>
    public IReadOnlyList<MemberInfo> NewMembers { get; init; } = [];

    /// <summary>The members of a running cluster that this one joins; empty otherwise.</summary>
    public IReadOnlyList<MemberInfo> Remotes { get; init; } = [];

    public ulong AppliedIndex { get; init; }

    public ulong AppliedTerm { get; init; }

    /// <summary>The index of the snapshot that the log was read from; 0 for none.</summary>
    public ulong SnapshotIndex { get; init; }

    /// <summary>
    /// Whether the applied part of the log sets a version of the cluster above the present one: an older release that the
    /// cluster was downgraded to would end on it.
    /// </summary>
    public bool SetsNewerVersion { get; init; }
}
