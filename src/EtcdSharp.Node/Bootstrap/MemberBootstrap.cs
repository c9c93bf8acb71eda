using EtcdSharp.Platform;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Bootstrap;

/// <summary>
/// Finds out what a member starts from: nothing (then it makes the ids of a new cluster and an empty log), or the
/// log, the snapshots and the backend of an earlier run, its own or etcd's.
/// </summary>
internal sealed class MemberBootstrap(
    IDisk disk,
    DataDirectory data,
    WalOptions walOptions,
    BackendOptions backendOptions,
    Func<IEnumerable<string>, ExistingCluster?> findCluster,
    ILogger logger
)
{
    private const int MetadataNodeIdField = 1;
    private const int MetadataClusterIdField = 2;

    private readonly SnapshotDirectory _snapshots = new(disk, data.SnapPath, logger);

    /// <exception cref="BootstrapException">The member cannot start from what is there.</exception>
    public StartingPoint Run(BootstrapOptions options)
    {
        if (!data.HasLog && FirstStartRules.FirstBroken(options) is { } broken)
        {
            throw new BootstrapException(broken);
        }

        data.Create();
        _snapshots.DeleteLeftovers();
        return data.HasLog ? BeginAgain(Restart(options), options) : StartNew(options);
    }

    /// <summary>
    /// A first member that ended before its first batch was whole on the disk has promised nothing to anybody. Its log says
    /// whose it is and no more, not even who the members are; so it begins as a new one, under the same ids.
    /// </summary>
    private static StartingPoint BeginAgain(StartingPoint start, BootstrapOptions options)
    {
        var isUnwritten = start.SnapshotIndex == 0 && start.AppliedIndex == 0 && start.Storage.InitialState().HardState.IsEmpty;
        var isNamed = options is { NewCluster: true, ForceNewCluster: false, LookUp: null, Discover: null };
        if (!isUnwritten || !isNamed || options.InitialCluster.All(member => member.Name != options.Name))
        {
            return start;
        }

        var members = DescribeCluster(options);
        return
            members.Exists(member => member.Id == start.MemberId)
            && MemberIds.ForCluster(members.Select(member => member.Id)) == start.ClusterId
            ? start with
            {
                Storage = new MemoryStorage(),
                NewMembers = members,
            }
            : start;
    }

    private StartingPoint StartNew(BootstrapOptions options)
    {
        if (options.LookUp is { } lookUp)
        {
            options = options with { InitialCluster = BootstrapOptions.Group(lookUp()) };
        }

        var members = DescribeCluster(options);
        var self = members.Single(member => member.Name == options.Name);
        if (options.Discover is { } discover)
        {
            members = DescribeCluster(options with { InitialCluster = BootstrapOptions.Group(discover(self.Id)) });
            self = members.Single(member => member.Name == options.Name);
        }

        var others = members.Where(member => member != self).SelectMany(member => member.PeerUrls);
        if (!options.NewCluster)
        {
            return Join(findCluster(others), members, self);
        }

        var clusterId = MemberIds.ForCluster(members.Select(member => member.Id));
        if (members.Count > 1)
        {
            RequireNotStartedBefore(findCluster(others), clusterId, self);
        }

        return StartEmpty(self.Id, clusterId, newMembers: members, remotes: []);
    }

    /// <summary>Takes the ids that the running cluster has given to the members with these peer URLs.</summary>
    private StartingPoint Join(ExistingCluster? existing, List<MemberInfo> members, MemberInfo self)
    {
        if (existing is null)
        {
            throw new BootstrapException(
                "cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs"
            );
        }

        if (existing.Members.Count != members.Count)
        {
            throw new BootstrapException(
                $"error validating peerURLs: member count is unequal: the cluster has {existing.Members.Count}, --initial-cluster names {members.Count}"
            );
        }

        foreach (var member in members)
        {
            if (Find(existing, member) is null)
            {
                throw new BootstrapException(
                    $"error validating peerURLs: unmatched member while checking PeerURLs ({string.Join(',', member.PeerUrls)})"
                );
            }
        }

        var id = Find(existing, self)!.Id;
        return StartEmpty(id, existing.ClusterId, [], [.. existing.Members.Where(member => member.Id != id)]);
    }

    private static MemberInfo? Find(ExistingCluster cluster, MemberInfo member) =>
        cluster.Members.FirstOrDefault(known =>
            known.PeerUrls.Order(StringComparer.Ordinal).SequenceEqual(member.PeerUrls, StringComparer.Ordinal)
        );

    /// <summary>
    /// A member that has voted once and lost its log must not begin again under its old id: it could vote twice.
    /// </summary>
    private static void RequireNotStartedBefore(ExistingCluster? running, ulong clusterId, MemberInfo self)
    {
        if (
            running?.ClusterId == clusterId
            && running.Members.FirstOrDefault(member => member.Id == self.Id) is { ClientUrls.Count: > 0 }
        )
        {
            throw new BootstrapException($"member {MemberIds.ToText(self.Id)} has already been bootstrapped");
        }
    }

    private StartingPoint StartEmpty(
        ulong memberId,
        ulong clusterId,
        IReadOnlyList<MemberInfo> newMembers,
        IReadOnlyList<MemberInfo> remotes
    )
    {
        var backend = BackendStore.Open(disk, data.StorePath, backendOptions);
        if (backend.ConsistentIndex != 0)
        {
            backend.Dispose();
            throw new BootstrapException(
                $"{data.StorePath} holds a store, but {data.WalPath} holds no log; one of them is missing or misplaced"
            );
        }

        return new StartingPoint
        {
            MemberId = memberId,
            ClusterId = clusterId,
            Backend = backend,
            Log = WriteAheadLog.Create(disk, data.WalPath, EncodeMetadata(memberId, clusterId), walOptions),
            Storage = new MemoryStorage(),
            Configuration = ConfState.Empty,
            NewMembers = newMembers,
            Remotes = remotes,
        };
    }

    private static List<MemberInfo> DescribeCluster(BootstrapOptions options)
    {
        var members = options
            .InitialCluster.Select(member => new MemberInfo(
                MemberIds.ForMember(member.PeerUrls, options.ClusterToken),
                [.. member.PeerUrls.Order(StringComparer.Ordinal)],
                Name: member.Name
            ))
            .OrderBy(member => member.Id)
            .ToList();
        if (members.Count(member => member.Name == options.Name) != 1)
        {
            throw new BootstrapException($"couldn't find local name \"{options.Name}\" in the initial cluster configuration");
        }

        if (members.DistinctBy(member => member.Id).Count() != members.Count)
        {
            throw new BootstrapException("two members of the initial cluster have the same peer URLs");
        }

        return members;
    }

    private StartingPoint Restart(BootstrapOptions options)
    {
        var storeExisted = data.HasStore;
        var mark = WalReading.ValidSnapshots(disk, data.WalPath).DefaultIfEmpty().MaxBy(snapshot => snapshot.Index);
        var backend = OpenBackend(mark.Index);
        StartingPoint? start = null;
        try
        {
            start = Restart(backend, mark, storeExisted, options.ForceNewCluster);
            return start;
        }
        finally
        {
            if (start is null)
            {
                backend.Dispose();
            }
        }
    }

    private StartingPoint Restart(BackendStore backend, WalSnapshotMark mark, bool storeExisted, bool isForced)
    {
        if (backend.ConsistentIndex < mark.Index)
        {
            throw new BootstrapException(
                storeExisted
                    ? "failed to find database snapshot file (snap: snapshot file doesn't exist): "
                        + $"{data.StorePath} has index {backend.ConsistentIndex} and the log's snapshot index {mark.Index}"
                    : $"database file ({data.StorePath}) of the backend is missing"
            );
        }

        var opened = WriteAheadLog.Open(disk, data.WalPath, mark, walOptions);
        StartingPoint? start = null;
        try
        {
            start = Resume(backend, mark, opened, isForced);
            return start;
        }
        finally
        {
            if (start is null)
            {
                opened.Log.Dispose();
            }
        }
    }

    private StartingPoint Resume(BackendStore backend, WalSnapshotMark mark, OpenedWal opened, bool isForced)
    {
        var (memberId, clusterId) = DecodeMetadata(opened.Contents.Metadata);
        var members = ClusterState.Load(backend);
        var configuration = members.Configuration;
        var applied = backend.ConsistentIndex;
        var entries = opened.Contents.Entries;
        var lastIndex = entries.Count == 0 ? mark.Index : entries[^1].Index;
        if (applied > lastIndex)
        {
            throw new BootstrapException(
                $"the store {data.StorePath} has applied entry {applied}, but the log {data.WalPath} ends at entry {lastIndex}: they do not belong together, or the log was cut"
            );
        }

        var state = opened.Contents.State;

        // What is applied was committed, even where the commit index that said so was still on its way to the disk.
        state = state with
        {
            Commit = Math.Max(state.Commit, applied),
        };
        if (isForced)
        {
            var (kept, added) = ForcedCluster.Rewrite(memberId, members, entries, applied, state, state.Commit);
            NodeLog.ForcingNewCluster(
                logger,
                MemberIds.ToText(clusterId),
                MemberIds.ToText(memberId),
                state.Commit,
                entries.Count - kept.Count
            );
            entries = [.. kept, .. added];
            state = state with { Commit = state.Commit + (ulong)added.Length };
            opened.Log.Save(state, added);
            opened.Log.Sync();
        }

        var storage = new MemoryStorage();
        if (mark.Index != 0)
        {
            storage.ApplySnapshot(new Snapshot(default, new SnapshotMetadata(configuration, mark.Index, mark.Term)));
        }

        storage.Append(entries.ToArray());

        storage.SetHardState(state);
        storage.TryGetTerm(applied, out var appliedTerm);
        return new StartingPoint
        {
            MemberId = memberId,
            ClusterId = clusterId,
            Backend = backend,
            Log = opened.Log,
            Storage = storage,
            Configuration = configuration,
            AppliedIndex = applied,
            AppliedTerm = appliedTerm,
            SnapshotIndex = mark.Index,
            SetsNewerVersion = members.Version is { } version && VersionEntries.SetNewer(entries, applied, version),
        };
    }

    /// <summary>
    /// Opens the store; one that is older than the snapshot gives way to the store that came with the snapshot, whose
    /// installation a crash has interrupted.
    /// </summary>
    private BackendStore OpenBackend(ulong snapshotIndex)
    {
        var backend = BackendStore.Open(disk, data.StorePath, backendOptions);
        if (backend.ConsistentIndex >= snapshotIndex || !_snapshots.HasDatabase(snapshotIndex))
        {
            return backend;
        }

        NodeLog.RecoveringFromSnapshot(logger, backend.ConsistentIndex, snapshotIndex);
        backend.Dispose();
        _snapshots.PromoteDatabase(snapshotIndex, data.StorePath);
        return BackendStore.Open(disk, data.StorePath, backendOptions);
    }

    private static byte[] EncodeMetadata(ulong memberId, ulong clusterId)
    {
        var metadata = new byte[
            ProtoWriter.SizeOfField(MetadataNodeIdField, memberId) + ProtoWriter.SizeOfField(MetadataClusterIdField, clusterId)
        ];
        var writer = new ProtoWriter(metadata);
        writer.WriteField(MetadataNodeIdField, memberId);
        writer.WriteField(MetadataClusterIdField, clusterId);
        return metadata;
    }

    private (ulong MemberId, ulong ClusterId) DecodeMetadata(ReadOnlySpan<byte> metadata)
    {
        ulong memberId = 0;
        ulong clusterId = 0;
        var reader = new ProtoReader(metadata);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case MetadataNodeIdField:
                    memberId = reader.ReadUInt64();
                    break;
                case MetadataClusterIdField:
                    clusterId = reader.ReadUInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Failed && memberId != 0
            ? (memberId, clusterId)
            : throw new BootstrapException(
                $"the log {data.WalPath} does not say whose it is: its metadata record cannot be read"
            );
    }
}
