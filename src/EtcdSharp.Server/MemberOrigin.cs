using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Node.Discovery;
using EtcdSharp.Node.Peers;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Network;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server;

/// <summary>Where a member starts from: what its options say of the cluster, and what its data directory and the others know of it.</summary>
internal static class MemberOrigin
{
    /// <exception cref="BootstrapException">The member cannot start from what is there.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up, for instance while others were waited for.</exception>
    public static StartingPoint Find(MemberOptions options, DataDirectory data, ILogger logger, CancellationToken cancellation)
    {
        var bootstrap = new MemberBootstrap(
            options.Disk,
            data,
            new WalOptions
            {
                Clock = options.Clock,
                SegmentBytes = options.WalSegmentBytes,
                UnsafeNoFsync = options.UnsafeNoFsync,
                Metrics = options.Instruments.Wal,
                Logger = logger,
            },
            new BackendOptions
            {
                CommitIntervalMs = options.BackendBatchIntervalMs,
                CommitOperations = options.BackendBatchLimit,
                NoSync = options.UnsafeNoFsync,
                Metrics = options.Instruments.Backend,
                CommitFailed = failure => options.Fatal("committing the store", failure),
            },
            peerUrls =>
            {
                using var client = MemberPeers.CreateClient(options);
                return PeerClient.FindClusterAsync(client, peerUrls, cancellation).GetAwaiter().GetResult();
            },
            logger
        );
        return bootstrap.Run(DescribeSelf(options, logger, cancellation));
    }

    private static BootstrapOptions DescribeSelf(MemberOptions options, ILogger logger, CancellationToken cancellation)
    {
        var alone = options.AdvertisePeerUrls.Select(url => (options.Name, url));
        var isDiscovered = options.DiscoveryEndpoints.Count != 0;
        var service = new DiscoveryService(
            options.DiscoveryEndpoints,
            options.DiscoveryToken,
            options.DiscoveryDialTimeout > TimeSpan.Zero ? options.DiscoveryDialTimeout : Timeout.InfiniteTimeSpan,
            options.DiscoveryRequestTimeout
        );
        return new BootstrapOptions
        {
            Name = options.Name,
            AdvertisePeerUrls = options.AdvertisePeerUrls,
            ClusterToken = isDiscovered ? options.DiscoveryToken : options.InitialClusterToken,
            NewCluster = options.NewCluster,
            ForceNewCluster = options.ForceNewCluster,
            InitialCluster = BootstrapOptions.Group(
                isDiscovered || options.InitialCluster.Count == 0 ? alone : options.InitialCluster
            ),
            LookUp =
                options.DiscoverySrv.Length == 0
                    ? null
                    : () =>
                        new SrvDiscovery(
                            options.DiscoverySrv,
                            options.DiscoverySrvName,
                            new SrvLookup(options.NameServers),
                            logger
                        )
                            .FindAsync(options.Name, options.AdvertisePeerUrls, cancellation)
                            .GetAwaiter()
                            .GetResult(),
            Discover = !isDiscovered
                ? null
                : id =>
                    new TokenDiscovery(service, logger)
                        .JoinAsync(id, options.Name, options.AdvertisePeerUrls, cancellation)
                        .GetAwaiter()
                        .GetResult(),
        };
    }
}
