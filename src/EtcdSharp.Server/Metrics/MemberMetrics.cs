using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.InteropServices;
using EtcdSharp.Api;
using EtcdSharp.Edge.Metrics;
using EtcdSharp.Node;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Metrics;

/// <summary>What a member is and where it stands, asked at each scrape rather than told at each change.</summary>
internal sealed class MemberMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly MemberStore _store;
    private readonly NodeState _state;
    private readonly FeatureGates _gates;
    private readonly HashSet<(ulong Member, string Type)> _alarmsSeen = [];
    private readonly SortedSet<string> _clusterVersionsSeen = new(StringComparer.Ordinal);

    public MemberMetrics(MetricsCollector collector, MemberStore store, NodeState state, FeatureGates gates)
    {
        _meter = new Meter(new MeterOptions("EtcdSharp.Member") { Scope = collector });
        _store = store;
        _state = state;
        _gates = gates;
        DescribeSelf();
        DescribeLog();
        DescribeStore();
    }

    public void Dispose() => _meter.Dispose();

    private void DescribeSelf()
    {
        Label("etcd_server_id", "server_id", MemberIds.ToText(_state.MemberId));
        Label("etcd_server_version", "server_version", ProductVersion.Etcd);
        Label("etcd_server_go_version", "server_go_version", RuntimeInformation.FrameworkDescription);
        _meter.CreateObservableGauge("etcd_cluster_version", ClusterVersions);
        _meter.CreateObservableGauge("etcd_server_feature_enabled", Features);
        _meter.CreateObservableGauge("etcd_network_known_peers", KnownPeers);
        _meter.CreateObservableGauge("etcd_debugging_server_alarms", Alarms);
    }

    private void DescribeLog()
    {
        Number("etcd_server_has_leader", () => _state.LeaderId == 0 ? 0 : 1);
        Number("etcd_server_is_leader", () => _state.IsLeader ? 1 : 0);
        Number("etcd_server_is_learner", () => _store.Cluster.View.Find(_state.MemberId)?.IsLearner ?? false ? 1 : 0);
        Number("etcd_server_proposals_committed_total", () => (long)_state.CommittedIndex);
        Number("etcd_server_proposals_applied_total", () => (long)_state.AppliedIndex);
    }

    private void DescribeStore()
    {
        Number("etcd_server_quota_backend_bytes", () => _store.Quota.Bytes);
        Number("etcd_disk_defrag_inflight", () => _store.Backend.IsDefragmenting ? 1 : 0);
        Number("etcd_mvcc_db_total_size_in_bytes", () => _store.Backend.SizeBytes);
        Number("etcd_mvcc_db_total_size_in_use_in_bytes", () => _store.Backend.InUseBytes);
        Number("etcd_debugging_mvcc_current_revision", () => _store.Kv.CurrentRevision);
        Number("etcd_debugging_auth_revision", () => (long)_store.Auth.View.Revision);
        Number("etcd_debugging_mvcc_compact_revision", () => _store.Kv.CompactedRevision);
    }

    private void Number(string metric, Func<long> value) => _meter.CreateObservableGauge(metric, value);

    /// <summary>A metric that says something in a label; its number is always 1.</summary>
    private void Label(string metric, string label, string text) =>
        _meter.CreateObservableGauge(metric, () => new Measurement<long>(1, new KeyValuePair<string, object?>(label, text)));

    private IEnumerable<Measurement<long>> ClusterVersions()
    {
        var now = _store.Cluster.View.Version is { } version
            ? string.Create(CultureInfo.InvariantCulture, $"{version.Major}.{version.Minor}")
            : null;
        if (now is not null)
        {
            _clusterVersionsSeen.Add(now);
        }

        return _clusterVersionsSeen.Select(seen => new Measurement<long>(
            seen == now ? 1 : 0,
            new KeyValuePair<string, object?>("cluster_version", seen)
        ));
    }

    /// <summary>An alarm that has ended stays as 0, so that a graph shows its end.</summary>
    private IEnumerable<Measurement<long>> Alarms()
    {
        var now = _store
            .Alarms.List(AlarmType.None)
            .Select(alarm => (alarm.MemberID, alarm.Alarm.ToString().ToUpperInvariant()))
            .ToHashSet();
        _alarmsSeen.UnionWith(now);
        return _alarmsSeen.Select(alarm => new Measurement<long>(
            now.Contains(alarm) ? 1 : 0,
            new("server_id", MemberIds.ToText(alarm.Member)),
            new("alarm_type", alarm.Type)
        ));
    }

    private IEnumerable<Measurement<long>> Features() =>
        FeatureGates
            .Known.Select(gate => Feature(_gates.IsOn(gate.Key), gate.Key, gate.Value.Stage))
            .Append(Feature(on: false, "AllAlpha", "ALPHA"))
            .Append(Feature(on: false, "AllBeta", "BETA"));

    private static Measurement<long> Feature(bool on, string name, string stage) =>
        new(on ? 1 : 0, new("name", name), new("stage", stage));

    private IEnumerable<Measurement<long>> KnownPeers()
    {
        var view = _store.Cluster.View;
        return view
            .Members.Select(member => Peer(member.Id, known: 1))
            .Concat(view.Removed.Select(removed => Peer(removed, known: 0)));
    }

    private Measurement<long> Peer(ulong remote, long known) =>
        new(known, new("Local", MemberIds.ToText(_state.MemberId)), new("Remote", MemberIds.ToText(remote)));
}
