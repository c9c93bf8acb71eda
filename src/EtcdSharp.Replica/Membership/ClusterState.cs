using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EtcdSharp.Raft;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Replica.Membership;

/// <summary>
/// The membership and the version of the cluster: replicated, kept in the buckets members, members_removed and
/// cluster. Changed by the apply loop alone; any thread may look at the <see cref="View"/>.
/// </summary>
internal sealed class ClusterState
{
    private readonly BackendStore _backend;
    private ClusterView _view;

    public ClusterState(BackendStore backend, ulong clusterId, ulong localId)
    {
        _backend = backend;
        ClusterId = clusterId;
        LocalId = localId;
        _view = Load(backend);
    }

    public ulong ClusterId { get; }

    public ulong LocalId { get; }

    /// <summary>What this member says it is, and the height above which it lets neither cluster nor storage rise.</summary>
    public EtcdVersion ServerVersion { get; init; } = EtcdVersion.Server;

    public ClusterView View => Volatile.Read(ref _view);

    /// <summary>Called on the apply loop after every change.</summary>
    public Action<ClusterView>? Changed { get; set; }

    /// <summary>
    /// Called on the apply loop after the version has changed, with the version before, null for none, and the present one.
    /// </summary>
    public Action<EtcdVersion?, EtcdVersion>? VersionChanged { get; set; }

    /// <summary>What the buckets hold; the configuration that the applied part of the log has led to.</summary>
    /// <exception cref="InvalidDataException">A record is damaged.</exception>
    public static ClusterView Load(IBackendContents backend)
    {
        var members = backend.List(BackendBucket.Members).Select(pair => MemberJson.Decode(pair.Value).Member);
        var removed = backend.List(BackendBucket.MembersRemoved).Select(pair => ParseId(pair.Key));
        var version = backend.Get(BackendBucket.Cluster, MetaKeys.ClusterVersion);
        var downgrade = backend.Get(BackendBucket.Cluster, MetaKeys.Downgrade);
        return new ClusterView
        {
            Members = [.. members.OrderBy(member => member.Id)],
            Removed = removed.ToFrozenSet(),
            Version = version is null ? null : ParseVersion(version),
            Downgrade = downgrade is null ? DowngradeInfo.None : DowngradeInfo.Decode(downgrade),
        };
    }

    public void Put(MemberInfo member)
    {
        _backend.Put(BackendBucket.Members, Key(member.Id), MemberJson.Encode(member));
        Publish(View.With(member));
    }

    public void Remove(ulong id)
    {
        _backend.Delete(BackendBucket.Members, Key(id));
        _backend.Put(BackendBucket.MembersRemoved, Key(id), "removed"u8);
        Publish(View.Without(id));
    }

    /// <summary>What a member says of itself once it runs. Of a member that has been removed meanwhile nothing is kept.</summary>
    /// <exception cref="InvalidDataException">No such member ever was: the log and the membership do not belong together.</exception>
    public void SetAttributes(ulong id, string name, IReadOnlyList<string> clientUrls)
    {
        if (View.Find(id) is { } member)
        {
            Put(member with { Name = name, ClientUrls = clientUrls });
        }
        else if (!View.Removed.Contains(id))
        {
            throw new InvalidDataException($"the log names member {MemberIds.ToText(id)}, which the cluster never had");
        }
    }

    /// <summary>
    /// The storage version follows a rise at once. It stays behind a fall until <see cref="LowerStorageVersion"/>: the log
    /// still holds what set the version before, on which the older release ends.
    /// </summary>
    public void SetVersion(EtcdVersion version)
    {
        var before = View.Version;
        _backend.Put(BackendBucket.Cluster, MetaKeys.ClusterVersion, Encoding.ASCII.GetBytes(version.ToString()));
        if (StorageVersion < version)
        {
            StoreStorageVersion(version);
        }

        Publish(View with { Version = version });
        VersionChanged?.Invoke(before, version);
    }

    /// <summary>Whether the storage version has yet to follow a fall of the cluster's.</summary>
    public bool StorageIsAhead => View.Version is { } version && version > EtcdVersion.OldestCluster && StorageVersion > version;

    /// <summary>
    /// Lets the storage version follow a fall of the cluster's, once a snapshot has everything from before behind it. Any
    /// thread, not inside an entry. The version before; null when there was nothing to do.
    /// </summary>
    /// <param name="isCurrent">Asked while nothing is applied: whether the version has not risen and fallen once more.</param>
    public EtcdVersion? LowerStorageVersion(Func<bool> isCurrent)
    {
        _backend.EnterWrite();
        try
        {
            if (!StorageIsAhead || !isCurrent())
            {
                return null;
            }

            var before = StorageVersion;
            StoreStorageVersion(View.Version!.Value);
            return before;
        }
        finally
        {
            _backend.ExitWrite();
        }
    }

    public void SetDowngrade(DowngradeInfo downgrade)
    {
        _backend.Put(BackendBucket.Cluster, MetaKeys.Downgrade, downgrade.Encode());
        Publish(View with { Downgrade = downgrade });
    }

    /// <summary>The configuration as raft has it, which etcd reads back from the meta bucket.</summary>
    public void StoreConfiguration(ConfState configuration)
    {
        var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            WriteIds(writer, "voters", configuration.Voters);
            WriteIds(writer, "learners", configuration.Learners);
            WriteIds(writer, "voters_outgoing", configuration.VotersOutgoing);
            WriteIds(writer, "learners_next", configuration.LearnersNext);
            writer.WriteBoolean("auto_leave", configuration.AutoLeave);
            writer.WriteEndObject();
        }

        _backend.Put(BackendBucket.Meta, MetaKeys.ConfState, json.ToArray());
    }

    /// <summary>The release that can read the backend file: stored as such from 3.6 on, without a record it is 3.5.</summary>
    public EtcdVersion StorageVersion =>
        _backend.Get(BackendBucket.Meta, MetaKeys.StorageVersion) is { } stored ? ParseVersion(stored) : new EtcdVersion(3, 5, 0);

    private void StoreStorageVersion(EtcdVersion version)
    {
        if (version >= new EtcdVersion(3, 6, 0))
        {
            _backend.Put(BackendBucket.Meta, MetaKeys.StorageVersion, Encoding.ASCII.GetBytes(version.Release.ToString()));
        }
        else
        {
            _backend.Delete(BackendBucket.Meta, MetaKeys.StorageVersion);
        }
    }

    private void Publish(ClusterView view)
    {
        Volatile.Write(ref _view, view);
        Changed?.Invoke(view);
    }

    private static void WriteIds(Utf8JsonWriter writer, string name, IReadOnlyList<ulong> ids)
    {
        if (ids.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var id in ids)
        {
            writer.WriteNumberValue(id);
        }

        writer.WriteEndArray();
    }

    private static byte[] Key(ulong id) => Encoding.ASCII.GetBytes(MemberIds.ToText(id));

    private static ulong ParseId(ReadOnlySpan<byte> key) =>
        ulong.TryParse(key, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new InvalidDataException($"'{Encoding.ASCII.GetString(key)}' in the members buckets is no member id");

    private static EtcdVersion ParseVersion(byte[] stored) =>
        EtcdVersion.TryParse(Encoding.ASCII.GetString(stored), out var version)
            ? version
            : throw new InvalidDataException($"'{Encoding.ASCII.GetString(stored)}' is no version");
}
