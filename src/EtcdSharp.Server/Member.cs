using EtcdSharp.Server.Compaction;
using EtcdSharp.Server.Configuration;
using EtcdSharp.Server.Edge.Grpc;
using EtcdSharp.Server.Metrics;
using EtcdSharp.Server.Node;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server;

/// <summary>
/// One member of a cluster, in this process. <see cref="StartAsync"/> returns when clients are served;
/// <see cref="StopAsync"/> when everything acknowledged is on the disk and all threads have ended.
/// </summary>
public sealed class Member : IAsyncDisposable
{
    /// <summary>How long a removed member goes on before it stops, so that the one who removed it gets the answer.</summary>
    private static readonly TimeSpan RemovalDelay = TimeSpan.FromSeconds(1);

    private readonly MemberOptions _options;
    private readonly MemberStore _store;
    private readonly MemberNode _node;
    private readonly Publication _publication;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _background = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly MetricsCollector _metrics;
    private readonly MemberMetrics _memberMetrics;
    private readonly MemberEdge _edge;
    private Task? _stop;

    private Member(MemberOptions options, NodeOptions nodeOptions, FeatureGates gates, MetricsCollector metrics)
    {
        _options = options;
        var logger = options.Logging.CreateLogger("EtcdSharp.Server.Member");
        _metrics = metrics;
        var data = new DataDirectory(options.Disk, options.DataDirectory, options.WalDirectory);
        var start = CreateBootstrap(options, data, logger).Run(DescribeSelf(options));
        _store = new MemberStore(options, nodeOptions, start, gates);
        RequireSupported();
        _node = new MemberNode(options, nodeOptions, start, _store, data, new NoPeers());
        _publication = new Publication(_node.Log, _store.Cluster, options.ServerVersion.Release);
        _node.Machine.TermBegun = _publication.TermBegun;
        _node.Machine.RaiseNoSpace = () => QuotaGuard.RaiseAsync(_node.Log, _stopping.Token);
        _node.Machine.RemovedFromCluster = () => _ = StopAfterRemovalAsync();
        _node.LeadershipChanged = leads =>
        {
            if (!leads)
            {
                _store.Lessor.Demote();
            }
        };
        _memberMetrics = new MemberMetrics(_metrics, _store, _node.State, gates);
        _edge = new MemberEdge(options, _store, _node, _metrics);
    }

    public ulong MemberId => _node.Log.MemberId;

    public ulong ClusterId => _node.Log.ClusterId;

    /// <summary>The client URLs as they are really listened on, with the ports that the system chose for port 0.</summary>
    public IReadOnlyList<string> ClientUrls => [.. _edge.ClientUrls.Select(url => url.Text)];

    /// <summary>The URLs that serve plain HTTP apart from the client URLs, as they are really listened on.</summary>
    public IReadOnlyList<string> HttpUrls => [.. _edge.HttpUrls.Select(url => url.Text)];

    /// <summary>Ends when the member has stopped, for whatever reason.</summary>
    public Task Completion => _completion.Task;

    internal MemberStore Store => _store;

    internal MemberNode Node => _node;

    /// <summary>Starts a member and waits until clients are served.</summary>
    /// <exception cref="BootstrapException">It cannot start from what is in the data directory.</exception>
    /// <exception cref="IOException">A file or an address cannot be used.</exception>
    public static async Task<Member> StartAsync(MemberOptions options, CancellationToken cancellation = default)
    {
        var nodeOptions = new NodeOptions
        {
            HeartbeatMs = options.HeartbeatMs,
            ElectionMs = options.ElectionMs,
            PreVote = options.PreVote,
            ElectionTickAdvance = options.InitialElectionTickAdvance,
            MaxRequestBytes = options.MaxRequestBytes,
            SnapshotCount = options.SnapshotCount,
            SnapshotCatchUpEntries = options.SnapshotCatchUpEntries,
            StrictReconfigCheck = options.StrictReconfigCheck,
            MaxSnapshotFiles = options.MaxSnapshotFiles,
            MaxWalFiles = options.MaxWalFiles,
            AlwaysAskReadIndex = options.AlwaysAskReadIndex,
        };

        var gates =
            FeatureGates.Parse(options.FeatureGates, out var problem) ?? throw new BootstrapException(problem!);

        // Reading the log and the index takes its time and blocks; it is not for the caller's thread.
        var member = await Task.Run(() => Open(options, nodeOptions, gates), cancellation).ConfigureAwait(false);
        var started = false;
        try
        {
            await member.RunAsync(cancellation).ConfigureAwait(false);
            started = true;
            return member;
        }
        finally
        {
            if (!started)
            {
                await member.StopAsync().ConfigureAwait(false);
            }
        }
    }

    private static Member Open(MemberOptions options, NodeOptions nodeOptions, FeatureGates gates)
    {
        var metrics = new MetricsCollector(options.ExtensiveMetrics);
        Member? member = null;
        try
        {
            member = new Member(options, nodeOptions, gates, metrics);
            return member;
        }
        finally
        {
            if (member is null)
            {
                metrics.Dispose();
            }
        }
    }

    public Task StopAsync()
    {
        lock (_gate)
        {
            return _stop ??= Task.Run(StopOnceAsync);
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private static Bootstrap CreateBootstrap(MemberOptions options, DataDirectory data, ILogger logger) =>
        new(
            options.Disk,
            data,
            new WalOptions
            {
                Clock = options.Clock,
                UnsafeNoFsync = options.UnsafeNoFsync,
                Logger = logger,
            },
            new BackendOptions
            {
                CommitIntervalMs = options.BackendBatchIntervalMs,
                CommitOperations = options.BackendBatchLimit,
                NoSync = options.UnsafeNoFsync,
                CommitFailed = failure => options.Fatal("committing the store", failure),
            },
            logger
        );

    private static BootstrapOptions DescribeSelf(MemberOptions options)
    {
        var cluster =
            options.InitialCluster.Count != 0
                ? options.InitialCluster
                : [.. options.AdvertisePeerUrls.Select(url => (options.Name, url))];
        return new BootstrapOptions
        {
            Name = options.Name,
            ClusterToken = options.InitialClusterToken,
            NewCluster = options.NewCluster,
            InitialCluster =
            [
                .. cluster
                    .GroupBy(pair => pair.Name, pair => pair.PeerUrl, StringComparer.Ordinal)
                    .Select(group => (group.Key, (IReadOnlyList<string>)[.. group])),
            ],
        };
    }

    /// <summary>To go on where this release would break a promise is worse than not to start.</summary>
    private void RequireSupported()
    {
        var server = _store.Cluster.ServerVersion;
        if ((_store.Cluster.View.Version ?? server) > server || _store.Cluster.StorageVersion > server)
        {
            var found = $"cluster version {_store.Cluster.View.Version}, storage version {_store.Cluster.StorageVersion}";
            _store.Dispose();
            throw new BootstrapException(
                $"invalid downgrade: the data directory is above this member's version {server} ({found}); "
                    + $"start with a higher --emulated-version, or downgrade the cluster first"
            );
        }

        var problem =
            _store.Cluster.View.Members.Count > 1 ? "the data directory belongs to a cluster of several members"
            : _store.Backend.Get(BackendBucket.Auth, MetaKeys.AuthEnabled) is [1] ? "authentication is enabled in the data directory"
            : null;
        if (problem is not null)
        {
            _store.Dispose();
            throw new BootstrapException($"{problem}, which this release does not support yet");
        }
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        _node.Start();
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        RunInBackground(_publication.FollowVersionAsync);
        if (AutoCompaction.Parse(_options.AutoCompactionMode, _options.AutoCompactionRetention, _options.Clock) is { } schedule)
        {
            var logger = _options.Logging.CreateLogger("EtcdSharp.Compaction");
            RunInBackground(
                new AutoCompaction(schedule, _node.Log, () => _store.Kv.CurrentRevision, _options.Clock, logger).RunAsync
            );
        }

        RunInBackground(new LeaseDuties(_store.Lessor, _node.Log, _options.Clock).RunAsync);
        var urls = _options.AdvertiseClientUrls ?? _options.ListenClientUrls;
        await _publication.PublishAttributesAsync(_options.Name, urls, starting.Token).ConfigureAwait(false);
        await _edge.StartAsync(starting.Token).ConfigureAwait(false);
    }

    private void RunInBackground(Func<CancellationToken, Task> work) =>
        _background.Add(Task.Run(() => work(_stopping.Token), CancellationToken.None));

    private async Task StopAfterRemovalAsync()
    {
        await Task.Delay(RemovalDelay).ConfigureAwait(false);
        await StopAsync().ConfigureAwait(false);
    }

    private async Task StopOnceAsync()
    {
        await _edge.StopAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        _node.Stop();
        foreach (var task in _background)
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _store.Dispose();
        _memberMetrics.Dispose();
        _metrics.Dispose();
        _stopping.Dispose();
        _completion.TrySetResult();
    }
}
