using System.Diagnostics.CodeAnalysis;
using EtcdSharp.Edge.Calls;
using EtcdSharp.Edge.Grpc;
using EtcdSharp.Edge.Listening;
using EtcdSharp.Edge.Metrics;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.InProcess;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Node;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Node.Compaction;
using EtcdSharp.Node.Duties;
using EtcdSharp.Node.Loops;
using EtcdSharp.Platform.Text;
using EtcdSharp.Raft;
using EtcdSharp.Replica;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Replica.Tokens;
using EtcdSharp.Server.Configuration;
using EtcdSharp.Server.Logging;
using EtcdSharp.Server.Metrics;
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
    /// <summary>
    /// How long a removed member goes on before it stops, so that the one who removed it gets the answer, and all others hear from a
    /// leader that the removal holds, also where one of them heard it first and refuses the leader.
    /// </summary>
    private static readonly TimeSpan RemovalDelay = TimeSpan.FromSeconds(1);

    private readonly NodeOptions _nodeOptions;
    private readonly FeatureGates _gates;
    private readonly CompactionPlan _compaction;
    private readonly ITokens _tokens;
    private readonly MetricsCollector _metrics;
    private readonly DescriptorBudget _descriptors;
    private readonly InProcessChannel _channel = new();
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Lock _gate = new();
    private MemberOptions _options;
    private MemberStore _store;
    private MemberNode _node;
    private MemberPeers _peers;
    private LeaseKeeper _leases;
    private Publication _publication;
    private VersionMonitor _versions;
    private MemberMetrics _memberMetrics;
    private MemberEdge _edge;
    private MemberPorts _ports;
    private CancellationTokenSource _stopping;
    private BackgroundTasks _background;
    private Task? _stop;
    private bool _isTornDown;
    private bool _isRemoved;

    /// <summary>What outlives the parts that a snapshot of another member replaces.</summary>
    private readonly BackgroundTasks _lifetime;

    private Member(
        MemberOptions options,
        NodeOptions nodeOptions,
        CheckedOptions read,
        ITokens tokens,
        MetricsCollector metrics,
        DescriptorBudget descriptors,
        MemberPorts ports,
        CancellationToken cancellation
    )
    {
        _options = options;
        _descriptors = descriptors;
        _ports = ports;
        _nodeOptions = nodeOptions;
        _gates = read.Gates;
        _compaction = read.Compaction;
        _tokens = tokens;
        _metrics = metrics;
        _lifetime = new BackgroundTasks(Abandon, options.Logging.CreateLogger<Member>());
        Assemble(atStart: true, cancellation);
    }

    public ulong MemberId => _node.Log.MemberId;

    public ulong ClusterId => _node.Log.ClusterId;

    /// <summary>The client URLs as they are really listened on, with the ports that the system chose for port 0.</summary>
    public IReadOnlyList<string> ClientUrls => Texts(_ports.Clients);

    /// <summary>
    /// The URLs that serve plain HTTP apart from the client URLs, as they are really listened on: first --listen-client-http-urls,
    /// then --listen-metrics-urls.
    /// </summary>
    public IReadOnlyList<string> HttpUrls => [.. Texts(_ports.ClientHttp), .. Texts(_ports.Monitoring)];

    /// <summary>For clients in this process (<c>EtcdClientOptions.Channel</c>): calls the member without a connection, as long as it lives.</summary>
    public CallChannel Channel => _channel;

    /// <summary>Ends when the member has stopped, for whatever reason.</summary>
    public Task Completion => _completion.Task;

    /// <summary>How often a snapshot of another member has taken the place of the store.</summary>
    internal int StatesTakenOver { get; private set; }

    /// <summary>Its methods by name, for carriers of calls inside the member.</summary>
    internal CallTable Calls => _edge.Calls;

    internal MemberStore Store => _store;

    internal MemberNode Node => _node;

    internal MemberPeers Peers => _peers;

    /// <summary>Starts a member and waits until clients are served.</summary>
    /// <exception cref="BootstrapException">It cannot start from what is in the data directory.</exception>
    /// <exception cref="MemberRemovedException">It was removed from its cluster.</exception>
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

        if (!CheckedOptions.TryRead(options, out var read, out var problem))
        {
            throw new BootstrapException(problem);
        }

        StartLog.Notices(options.Logging.CreateLogger<AuthStore>(), read.Tokens.Notices);

        // Reading the log and the index takes its time and blocks; it is not for the caller's thread.
        var member = await Task.Run(() => Open(options, nodeOptions, read, cancellation), cancellation).ConfigureAwait(false);
        var started = false;
        try
        {
            member.BeginServing();
            await member._served.Task.WaitAsync(cancellation).ConfigureAwait(false);
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

    private static Member Open(
        MemberOptions options,
        NodeOptions nodeOptions,
        CheckedOptions read,
        CancellationToken cancellation
    )
    {
        var tokens = read.Tokens.Create(options.Clock, options.Randomness, options.AuthTokenTtl);
        var descriptors = DescriptorBudget.OfThisProcess();
        var ports = MemberPorts.Bind(options, descriptors);
        var metrics = new MetricsCollector(options.ExtensiveMetrics);
        options = options with { Instruments = new MemberInstruments(metrics.Meter) };
        nodeOptions = nodeOptions with { Metrics = options.Instruments.Node };
        Member? member = null;
        try
        {
            member = new Member(options, nodeOptions, read, tokens, metrics, descriptors, ports, cancellation);
            return member;
        }
        catch (Exception failure) when (StartProblem.Describe(failure, options.DataDirectory) is { } told)
        {
            throw new BootstrapException(told, failure);
        }
        finally
        {
            if (member is null)
            {
                metrics.Dispose();

                // Nothing is served there yet: to stop only closes the sockets, and waits for nobody.
                ports.StopAsync(TimeSpan.Zero).GetAwaiter().GetResult();
            }
        }
    }

    private static string[] Texts(EdgeHost? host) => [.. (host?.Urls ?? []).Select(url => url.Text)];

    /// <summary>--bootstrap-defrag-threshold-megabytes: the one moment at which nobody waits for the store.</summary>
    private static void DefragmentIfWorth(BackendStore backend, ulong thresholdMegabytes, ILogger logger)
    {
        var freeable = (ulong)(backend.SizeBytes - backend.InUseBytes);
        if (thresholdMegabytes != 0 && freeable / (1024 * 1024) >= thresholdMegabytes)
        {
            DefragmentLog.Defragment(backend, logger);
        }
        else if (thresholdMegabytes != 0)
        {
            StoreLog.DefragmentationSkipped(logger, backend, (long)(thresholdMegabytes * 1024 * 1024));
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

    /// <summary>Why the member must not go on from what it found: where it would break a promise, not to start is better.</summary>
    private string? Unsupported()
    {
        var server = _store.Cluster.ServerVersion;
        if ((_store.Cluster.View.Version ?? server) > server || _store.Cluster.StorageVersion > server)
        {
            var found = $"cluster version {_store.Cluster.View.Version}, storage version {_store.Cluster.StorageVersion}";
            return $"invalid downgrade: the data directory is above this member's version {server} ({found}); "
                + "start with a higher --emulated-version, or downgrade the cluster first";
        }

        return null;
    }

    /// <summary>Builds everything from what is on the disk; a second time when a snapshot has replaced the store.</summary>
    [MemberNotNull(nameof(_store), nameof(_node), nameof(_peers), nameof(_leases), nameof(_publication))]
    [MemberNotNull(nameof(_versions))]
    [MemberNotNull(nameof(_memberMetrics), nameof(_edge), nameof(_stopping), nameof(_background))]
    private void Assemble(bool atStart, CancellationToken cancellation)
    {
        var logger = _options.Logging.CreateLogger("EtcdSharp.Server.Member");
        var data = new DataDirectory(_options.Disk, _options.DataDirectory, _options.WalDirectory);

        // Only the first start is forced: what another member has sent later stands.
        var options = atStart ? _options : _options with { ForceNewCluster = false };
        var start = MemberOrigin.Find(options, data, logger, cancellation);
        _stopping = new CancellationTokenSource();
        _background = new BackgroundTasks(Abandon, logger);
        DefragmentIfWorth(start.Backend, _options.BootstrapDefragThresholdMegabytes, logger);
        _store = new MemberStore(_options, _nodeOptions, start, _gates, _tokens);
        if (Unsupported() is { } problem)
        {
            _store.Dispose();
            start.Log.Dispose();
            throw new BootstrapException(problem);
        }

        var isRemoved = !options.ForceNewCluster && _store.Cluster.View.Removed.Contains(start.MemberId);
        if (isRemoved && atStart)
        {
            _store.Dispose();
            start.Log.Dispose();
            throw TellRemoved();
        }

        _peers = new MemberPeers(_options, start, _store, data, _descriptors);
        if (atStart && start.AppliedIndex != 0 && _gates.IsOn("InitialCorruptCheck"))
        {
            RequireConsistency(start);
        }

        _node = new MemberNode(_options, _nodeOptions, start, _store, data, _peers.Transport);
        _publication = new Publication(_node.Log);
        _versions = new VersionMonitor(
            _node.Log,
            _store.Cluster,
            _peers.VersionsAsync,
            _nodeOptions.Metrics,
            _options.Logging.CreateLogger<VersionMonitor>()
        );
        var access = new Authentication(_store.Auth, _tokens, _node.Log, _nodeOptions.RequestTimeout);
        _leases = new LeaseKeeper(_store.Lessor, _node.Log, _peers.CreateLeaderLeases(_node.Log, _nodeOptions), _options.Clock);
        Connect();
        _memberMetrics = new MemberMetrics(_metrics, _store, _node.State, _gates);
        _edge = new MemberEdge(
            _options,
            _store,
            _node,
            _leases,
            access,
            _tokens,
            _metrics,
            _ports,
            _gates,
            _channel,
            _nodeOptions.RequestTimeout
        );
        _isTornDown = false;
        if (isRemoved)
        {
            Removed();
        }
    }

    /// <summary>--feature-gates InitialCorruptCheck=true: a member with a past compares it with the others before it serves.</summary>
    private void RequireConsistency(StartingPoint start)
    {
        if (_peers.FindInconsistency(_nodeOptions) is { } problem)
        {
            _peers.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _store.Dispose();
            start.Log.Dispose();
            throw new BootstrapException(problem);
        }
    }

    private void Connect()
    {
        var (stopping, background) = (_stopping.Token, _background);
        _peers.Attach(_node, Removed);
        _node.Reconfiguration.PromoteAtLeader = (id, cancellation) => _peers.PromoteAtLeaderAsync(id, _node.Log, cancellation);
        _node.Machine.TermBegun = _versions.TermBegun;
        _node.Machine.CompleteAfterAlarm = request =>
            background.Run("raising the alarm for space", () => CompleteAfterAlarmAsync(request, stopping), stopping);
        _node.Machine.RemovedFromCluster = Removed;
        _node.SnapshotSaved = metadata =>
            _lifetime.Run(
                () => ReplaceStateAsync(metadata),
                failure => FailToServe("taking over the state of another member", failure)
            );
        _node.LeadershipChanged = leads =>
        {
            if (!leads)
            {
                _store.Lessor.Demote();
            }
        };
    }

    /// <summary>A cancellation is an orderly end: the member stops, or begins again from a snapshot; whoever cancels knows which.</summary>
    private void BeginServing()
    {
        var stopping = _stopping.Token;
        _background.Run(
            async () =>
            {
                await RunAsync(stopping).ConfigureAwait(false);
                _served.TrySetResult();
            },
            failure => FailToServe("serving clients", failure),
            stopping
        );
    }

    /// <summary>Whoever waits for the start is told, and stops the member; after that nobody waits, and the member ends itself.</summary>
    private void FailToServe(string part, Exception failure)
    {
        if (!_served.TrySetException(failure))
        {
            Abandon(part, failure);
        }
    }

    private void Abandon(string part, Exception failure)
    {
        NodeLog.Fatal(_options.Logging.CreateLogger<Member>(), part, failure);
        _options.Fatal(part, failure);
    }

    /// <summary>
    /// Another member has sent its state, because the log did not reach far enough back. Everything is torn down and
    /// built again from the disk, as after a crash at this point; clients see a member that restarts.
    /// </summary>
    private async Task ReplaceStateAsync(SnapshotMetadata snapshot)
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            lock (_gate)
            {
                if (_stop is not null)
                {
                    return;
                }
            }

            var logger = _options.Logging.CreateLogger<Member>();
            NodeLog.ApplyingSnapshot(logger, _node.State.AppliedIndex, snapshot.Index, snapshot.Term);
            _nodeOptions.Metrics.SnapshotsBeingApplied.Add(1);
            await TearDownAsync().ConfigureAwait(false);
            _ports = MemberPorts.Bind(_options, _descriptors);
            Assemble(atStart: false, CancellationToken.None);
            NodeLog.OpenedSnapshotBackend(logger);
            StatesTakenOver++;
            _nodeOptions.Metrics.SnapshotsBeingApplied.Add(-1);
            NodeLog.AppliedSnapshot(logger, _node.State.AppliedIndex, snapshot.Index, snapshot.Term);
            BeginServing();
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        _node.Start();
        await _peers.StartAsync(_node, _leases, stopping).ConfigureAwait(false);
        await _edge.StartMonitoringAsync(stopping).ConfigureAwait(false);
        StartLog.NowServing(_options.Logging.CreateLogger<Member>(), MemberId, _options);
        RunInBackground("following the cluster version", _versions.FollowVersionAsync);
        if (_options.DowngradeCheckTime > TimeSpan.Zero)
        {
            RunInBackground(
                "following a downgrade",
                stopping => _versions.FollowDowngradeAsync(_options.DowngradeCheckTime, stopping)
            );
        }

        if (_compaction.Begin(_options.Clock) is { } schedule)
        {
            var logger = _options.Logging.CreateLogger<AutoCompaction>();
            RunInBackground(
                "automatic compaction",
                new AutoCompaction(schedule, _node.Log, () => _store.Kv.CurrentRevision, _options.Clock, logger).RunAsync
            );
        }

        RunCorruptionChecks();
        RunInBackground(
            "lease expiry",
            new LeaseDuties(_store.Lessor, _node.Log, _store.Auth, _options.Clock, _nodeOptions.Metrics).RunAsync
        );
        var urls = _options.AdvertiseClientUrls ?? _options.ListenClientUrls;
        await _publication.PublishAttributesAsync(_options.Name, urls, stopping).ConfigureAwait(false);
        StartLog.Published(
            _options.Logging.CreateLogger<Member>(),
            MemberIds.ToText(MemberId),
            $"{{Name:{_options.Name} ClientURLs:[{string.Join(' ', urls)}]}}",
            MemberIds.ToText(ClusterId),
            GoDuration.Format(_nodeOptions.RequestTimeout)
        );
        StartLog.ReadyToServe(_options.Logging.CreateLogger<Member>());
        await _edge.StartAsync(stopping).ConfigureAwait(false);

        // After a snapshot the same ports are listened on, also those that the system chose.
        _options = _options with
        {
            ListenClientUrls = ClientUrls,
            ListenClientHttpUrls = Texts(_ports.ClientHttp),
            ListenMetricsUrls = Texts(_ports.Monitoring),
            AdvertiseClientUrls = urls,
        };
    }

    private void RunCorruptionChecks()
    {
        var checks = _peers.CreateCorruptionChecks(_node.Log, _nodeOptions);
        if (_options.CorruptCheckTime > TimeSpan.Zero)
        {
            RunInBackground(
                "comparing the data of all members",
                stopping => checks.RunPeriodicAsync(_options.CorruptCheckTime, stopping)
            );
        }

        if (_gates.IsOn("CompactHashCheck"))
        {
            RunInBackground(
                "comparing the hashes of compactions",
                stopping => checks.RunCompactionAsync(_options.CompactHashCheckTime, stopping)
            );
        }
    }

    private async Task CompleteAfterAlarmAsync(IAppliedRequest request, CancellationToken stopping)
    {
        try
        {
            await QuotaGuard.RaiseAsync(_node.Log, stopping).ConfigureAwait(false);
        }
        finally
        {
            request.Complete();
        }
    }

    private void RunInBackground(string part, Func<CancellationToken, Task> work) =>
        _background.RunAgain(part, work, _stopping.Token);

    /// <summary>The member's own log, or the members that it knows, say that it was removed. Any thread, any number of times.</summary>
    private void Removed()
    {
        lock (_gate)
        {
            if (_isRemoved || _stop is not null)
            {
                return;
            }

            _isRemoved = true;
        }

        _lifetime.Run("stopping after the removal", StopAfterRemovalAsync);
    }

    private async Task StopAfterRemovalAsync()
    {
        _served.TrySetException(TellRemoved());
        await Task.Delay(RemovalDelay).ConfigureAwait(false);
        await StopAsync().ConfigureAwait(false);
    }

    private MemberRemovedException TellRemoved()
    {
        const string removed = "the member has been permanently removed from the cluster";
        const string advice =
            "delete or move the data directory, then add the member anew (etcdctl member add) and start it with "
            + "--initial-cluster-state existing";
        var logger = _options.Logging.CreateLogger<Member>();
        NodeLog.ServerError(logger, removed);
        NodeLog.RemoveDataDirectory(logger, _options.DataDirectory, advice);
        return new MemberRemovedException($"{removed}; {advice} (data directory: {_options.DataDirectory})");
    }

    private async Task StopOnceAsync()
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        if (!_isTornDown)
        {
            await HandOverAsync().ConfigureAwait(false);
        }

        await TearDownAsync().ConfigureAwait(false);
        _metrics.Dispose();
        _served.TrySetException(new OperationCanceledException("the member stopped before it served"));
        _completion.TrySetResult();
    }

    /// <summary>A leader that goes in peace names its heir, so that the others need not wait for its silence.</summary>
    private async Task HandOverAsync()
    {
        if (!_node.State.IsLeader)
        {
            return;
        }

        var heir = _store
            .Cluster.View.Voters.Where(member => member.Id != MemberId && _peers.Transport.ActiveSince(member.Id) is not null)
            .MinBy(member => _peers.Transport.ActiveSince(member.Id));
        if (heir is not null)
        {
            using var enough = new CancellationTokenSource(_options.ElectionMs);
            await _node.MoveLeaderAsync(heir.Id, enough.Token).ConfigureAwait(false);
        }
    }

    private async Task TearDownAsync()
    {
        if (_isTornDown)
        {
            return;
        }

        _isTornDown = true;
        await _edge.StopAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _peers.DisposeAsync().ConfigureAwait(false);
        _node.Stop();
        await _background.WhenEndedAsync().ConfigureAwait(false);

        // Serving may have begun while it was told to end.
        await _edge.StopAsync().ConfigureAwait(false);
        _store.Dispose();
        _memberMetrics.Dispose();
        _stopping.Dispose();
    }
}
