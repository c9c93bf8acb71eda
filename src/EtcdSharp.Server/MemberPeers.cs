using System.Globalization;
using System.Net;
using System.Text;
using EtcdSharp.Api.Errors;
using EtcdSharp.Server.Corruption;
using EtcdSharp.Server.Edge.Grpc;
using EtcdSharp.Server.Edge.Listening;
using EtcdSharp.Server.Membership;
using EtcdSharp.Server.Node;
using EtcdSharp.Server.Peer;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Snap;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server;

/// <summary>A member's side of the traffic with the others: the port they reach it at, and its ways to them.</summary>
internal sealed class MemberPeers : IAsyncDisposable
{
    private readonly MemberOptions _options;
    private readonly StartingPoint _start;
    private readonly MemberStore _store;
    private readonly DescriptorBudget _descriptors;
    private readonly HttpClient _client;
    private readonly ILogger _logger;
    private readonly SnapshotReceiver _receiver;
    private readonly BackgroundTasks _tasks;
    private RaftPeerEvents? _events;
    private EdgeHost? _host;

    public MemberPeers(
        MemberOptions options,
        StartingPoint start,
        MemberStore store,
        DataDirectory data,
        DescriptorBudget descriptors
    )
    {
        _descriptors = descriptors;
        _options = options;
        _start = start;
        _store = store;
        _logger = options.Logging.CreateLogger<MemberPeers>();
        _client = CreateClient(options);
        Identity = new PeerIdentity(start.MemberId, start.ClusterId, options.AdvertisePeerUrls, options.ServerVersion);
        var timing = TimingOf(options);
        _tasks = new BackgroundTasks(options.Fatal, _logger);
        Transport = new PeerTransport(Identity, _client, timing, _tasks, options.Instruments.Peer, _logger);
        _receiver = new SnapshotReceiver(
            new SnapshotDirectory(options.Disk, data.SnapPath, _logger) { Metrics = options.Instruments.Snap },
            timing.ReadTimeout,
            options.Instruments.Peer,
            _logger
        );
    }

    public PeerIdentity Identity { get; }

    public PeerTransport Transport { get; }

    public LeaderLeases CreateLeaderLeases(IReplicatedLog log, NodeOptions node) =>
        new(log, _store.Cluster, _client, node.RequestTimeout);

    public CorruptionChecks CreateCorruptionChecks(IReplicatedLog log, NodeOptions node) =>
        new(_start.MemberId, _store.Kv, CreateHashes(node), log, node.RequestTimeout, _logger);

    /// <summary>Before anything else: whether the others hold the same as this member. Null, or why it must not start.</summary>
    public string? FindInconsistency(NodeOptions node) =>
        CorruptionChecks
            .CheckAtStartAsync(_start.MemberId, _store.Kv, CreateHashes(node), node.RequestTimeout, _logger)
            .GetAwaiter()
            .GetResult();

    private static PeerTiming TimingOf(MemberOptions options) =>
        new(TimeSpan.FromMilliseconds(options.HeartbeatMs))
        {
            ReadTimeout = options.PeerReadTimeout,
            WriteTimeout = options.PeerWriteTimeout,
        };

    /// <summary>A connection that is not there after a second and an election is given up; etcd's figure.</summary>
    public static HttpClient CreateClient(MemberOptions options) =>
        PeerClient.Create(TimeSpan.FromSeconds(1) + TimeSpan.FromMilliseconds(options.ElectionMs));

    /// <summary>
    /// Before the node starts: the first entry that it applies may add a member, and that one is spoken to at once.
    /// </summary>
    public void Attach(MemberNode node, Action removed)
    {
        _events = new RaftPeerEvents(node.Loop, _start.MemberId, removed);
        Transport.Attach(_events);
    }

    /// <summary>From here on other members are heard and spoken to.</summary>
    public async Task StartAsync(MemberNode node, LeaseKeeper leases, CancellationToken cancellation)
    {
        var events = _events ?? throw new InvalidOperationException("The members are started before they are attached.");
        foreach (var member in _start.Remotes.Concat(_store.Cluster.View.Members).Concat(_start.NewMembers))
        {
            Transport.AddPeer(member);
        }

        if (_options.ListenPeerUrls.Count == 0)
        {
            return;
        }

        var questions = new PeerQuestions(Identity, node.Log, _store.Cluster, _store.Hashes, leases, node.Reconfiguration);
        var endpoints = new PeerEndpoints(
            Identity,
            Transport,
            events,
            _receiver,
            questions,
            _store.Cluster,
            _options.Instruments.Peer,
            _logger
        );
        _host = await EdgeHost
            .StartAsync(
                new EdgeOptions
                {
                    Urls = [.. _options.ListenPeerUrls.Select(ParseUrl)],
                    Http = endpoints.ServeAsync,
                    Connections = _descriptors.Peers,
                    ReuseAddress = _options.SocketReuseAddress,
                    ReusePort = _options.SocketReusePort,
                    UseTls = _options.UseTls,
                    Logging = _options.Logging,
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>The releases of all members, this one included; null of one that does not say.</summary>
    public async Task<IReadOnlyList<(ulong Member, EtcdVersion? Version)>> VersionsAsync(CancellationToken cancellation)
    {
        var versions = new List<(ulong Member, EtcdVersion? Version)> { (_start.MemberId, _options.ServerVersion) };
        foreach (var member in _store.Cluster.View.Members.Where(member => member.Id != _start.MemberId))
        {
            versions.Add((member.Id, await PeerClient.VersionAsync(_client, member, cancellation).ConfigureAwait(false)));
        }

        return versions;
    }

    /// <summary>Asks the leader to promote a learner: it alone knows how far the learner is.</summary>
    public async ValueTask<(ClusterView? View, EtcdError? Error)> PromoteAtLeaderAsync(
        ulong id,
        IReplicatedLog log,
        CancellationToken cancellation
    )
    {
        if (_store.Cluster.View.Find(log.LeaderId) is not { } leader || leader.Id == _start.MemberId)
        {
            return (null, EtcdError.NoLeader);
        }

        var path = string.Create(CultureInfo.InvariantCulture, $"{PeerProtocol.PromotePath}{id}");
        var answer = await PeerClient.PostAsync(_client, leader, path, [], cancellation).ConfigureAwait(false);
        return answer?.Status switch
        {
            null => (null, EtcdError.Timeout),
            HttpStatusCode.OK => (
                PeerClient.DecodeMembers(answer.Value.Body) is { } members
                    ? _store.Cluster.View with
                    {
                        Members = members,
                    }
                    : _store.Cluster.View,
                null
            ),
            HttpStatusCode.NotFound => (null, EtcdError.MemberNotFound),
            HttpStatusCode.PreconditionFailed => (
                null,
                Encoding.UTF8.GetString(answer.Value.Body).Contains("in sync", StringComparison.Ordinal)
                    ? EtcdError.LearnerNotReady
                    : EtcdError.MemberNotLearner
            ),
            _ => (null, EtcdError.Timeout),
        };
    }

    public async ValueTask DisposeAsync()
    {
        Transport.Dispose();
        if (_host is not null)
        {
            await _host.StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        }

        await _tasks.WhenEndedAsync().ConfigureAwait(false);
    }

    private PeerHashes CreateHashes(NodeOptions node) => new(_client, _store.Cluster, node.RequestTimeout, _logger);

    private static EdgeUrl ParseUrl(string text) =>
        EdgeUrl.TryParse(text, out var url, out var problem) ? url : throw new BootstrapException(problem);
}
