using EtcdSharp.Harness;

namespace EtcdSharp.Compare;

/// <summary>What a load runs against: one server, or a cluster at all its members.</summary>
internal sealed class LoadTarget : IAsyncDisposable
{
    private readonly EtcdServer? _server;
    private readonly EtcdCluster? _cluster;

    private LoadTarget(EtcdServer? server, EtcdCluster? cluster)
    {
        _server = server;
        _cluster = cluster;
    }

    /// <summary>Hosts and ports, separated by commas.</summary>
    public string Endpoints =>
        _server?.Address.Authority ?? string.Join(',', _cluster!.Members.Select(member => new Uri(member.ClientUrl).Authority));

    public string Output => _server?.Output ?? _cluster!.Output();

    public static LoadTarget Of(EtcdServer server) => new(server, null);

    /// <summary>Starts members with the flags that they have by default, but for what they say.</summary>
    public static async Task<LoadTarget> StartAsync(ServerKind kind, int members, string folder)
    {
        string[] arguments = ["--log-level", "error"];
        return members == 1
            ? Of(await EtcdServer.StartAsync(kind, new ServerOptions(arguments, null, folder)))
            : new LoadTarget(
                null,
                await EtcdCluster.StartAsync(
                    Enumerable.Repeat(kind, members),
                    new ClusterOptions(Arguments: arguments, DataFolder: folder)
                )
            );
    }

    /// <summary>CPU time of all processes so far.</summary>
    public TimeSpan CpuTime() =>
        _server?.CpuTime() ?? _cluster!.Members.Aggregate(TimeSpan.Zero, static (sum, member) => sum + member.CpuTime());

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}
