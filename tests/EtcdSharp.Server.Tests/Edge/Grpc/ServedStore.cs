using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Mvcc;
using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Platform;
using EtcdSharp.Server.Auth;
using EtcdSharp.Server.Edge.Admission;
using EtcdSharp.Server.Edge.Grpc;
using EtcdSharp.Server.Edge.Listening;
using EtcdSharp.Server.Lease;
using EtcdSharp.Server.Node;
using EtcdSharp.Server.Metrics;
using EtcdSharp.Storage.Backend;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Edge.Grpc;

/// <summary>A store on disk with its watches and leases, served on a loopback port.</summary>
internal sealed class ServedStore : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("etcdsharp-watch-").FullName;
    private readonly BackendStore _backend;
    private readonly WatchCatchUpLoop _loop;
    private EdgeHost _host = null!;

    private ServedStore()
    {
        _backend = BackendStore.Open(SystemDisk.Instance, Path.Combine(_directory, "db"), new BackendOptions { NoSync = true });
        Lessor = new Lessor(
            new LessorOptions { MinimumTtlSeconds = 2, CheckpointsEnabled = true },
            new BackendLeaseBucket(_backend)
        );
        Hub = new WatchHub();
        Store = new MvccStore(_backend, Lessor, Hub, new MvccOptions());
        Hub.Open(new StoreWatchHistory(Store));
        _loop = new WatchCatchUpLoop(Hub, new MvccOptions().Failed);
        Log = new AppliedLog(Store, Lessor, _backend, SystemClock.Instance);
    }

    public Lessor Lessor { get; }

    public WatchHub Hub { get; }

    public MvccStore Store { get; }

    public AppliedLog Log { get; }

    public GrpcChannel Channel { get; private set; } = null!;

    public static async Task<ServedStore> StartAsync(int fragmentBytesMax = 2 * 1024 * 1024, int sendBytesMax = int.MaxValue)
    {
        var served = new ServedStore();
        var tokens = new NoTokens();
        var auth = new AuthStore(served._backend, tokens, _ => [], NullLogger.Instance);
        var access = new Authentication(auth, tokens, served.Log, TimeSpan.FromSeconds(5));
        var services = new GrpcServiceBuilder();
        new WatchService(
            served.Hub,
            served.Log,
            access,
            new WatchServiceOptions
            {
                FragmentBytesMax = fragmentBytesMax,
                ProgressInterval = WatchServiceOptions.ProgressIntervalMin,
                Randomness = SystemRandomness.Instance,
                Time = TimeProvider.System,
                Metrics = MemberInstruments.Unheard.WatchSend,
            }
        ).Register(services);
        new LeaseService(
            served.Lessor,
            served.Log,
            new LeaseKeeper(served.Lessor, served.Log, NoOtherLeader.Instance, SystemClock.Instance),
            access,
            () => served.Store.CurrentRevision
        ).Register(services);
        Assert.True(EdgeUrl.TryParse("http://127.0.0.1:0", out var url, out var error), error);
        served._host = await EdgeHost.StartAsync(
            new EdgeOptions
            {
                Urls = [url],
                Grpc = services.Build(new GrpcServerOptions { MaxSendMessageBytes = sendBytesMax }),
                Http = static context => context.Response.WriteAsync(""),
                KeepAlive = new KeepAlivePolicy(),
            },
            CancellationToken.None
        );
        served.Channel = new GrpcChannel(served._host.Urls[0].Text);
        return served;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _host.DisposeAsync();
        _loop.Dispose();
        Store.Dispose();
        _backend.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
