using EtcdSharp.Client.Tests.Support;
using EtcdSharp.Server;

[assembly: AssemblyFixture(typeof(Servers))]

namespace EtcdSharp.Client.Tests.Support;

/// <summary>One server of each kind for all tests that do not disturb others, and clients with a namespace of their own.</summary>
public sealed class Servers : IAsyncDisposable
{
    private readonly Lazy<Task<EtcdServer>> real = new(() => EtcdServer.StartAsync(ServerKind.Real));
    private readonly Lazy<Task<EtcdServer>> ours = new(() => EtcdServer.StartAsync(ServerKind.Ours));
    private readonly string folder = Directory.CreateTempSubdirectory("etcdsharp-client-test-").FullName;
    private readonly Lazy<Task<Member>> inProcess;

    public Servers() => inProcess = new(() => StartMemberAsync(folder));

    public Task<EtcdServer> Shared(ServerKind kind) => kind == ServerKind.Real ? real.Value : ours.Value;

    /// <summary>A client that sees nothing of other tests.</summary>
    public async Task<EtcdClient> ClientAsync(ServerKind kind) =>
        new(new EtcdClientOptions { Endpoints = [Of(await Shared(kind))], Namespace = $"/{Guid.NewGuid():N}/" });

    /// <inheritdoc cref="ClientAsync(ServerKind)"/>
    public async Task<EtcdClient> ClientAsync(Way way) =>
        new(await OptionsAsync(way) with { Namespace = $"/{Guid.NewGuid():N}/" });

    /// <summary>The way to the shared server, for clients that see each other.</summary>
    public async Task<EtcdClientOptions> OptionsAsync(Way way) =>
        way switch
        {
            Way.Real => new() { Endpoints = [Of(await Shared(ServerKind.Real))] },
            Way.Ours => new() { Endpoints = [Of(await Shared(ServerKind.Ours))] },
            _ => new() { Channel = (await inProcess.Value).Channel },
        };

    /// <summary>A member in this process, in a folder of its own.</summary>
    public static Task<Member> StartMemberAsync(string folder) =>
        Member.StartAsync(
            new MemberOptions
            {
                DataDirectory = Path.Combine(folder, "data"),
                ListenClientUrls = ["http://127.0.0.1:0"],
                Fatal = static (part, failure) => throw new InvalidOperationException($"{part} failed", failure),
            }
        );

    public static string Of(EtcdServer server) => server.Address.GetLeftPart(UriPartial.Authority);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in new[] { real, ours })
        {
            if (server.IsValueCreated && server.Value.IsCompletedSuccessfully)
            {
                await (await server.Value).DisposeAsync();
            }
        }

        if (inProcess.IsValueCreated && inProcess.Value.IsCompletedSuccessfully)
        {
            await (await inProcess.Value).DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }
}
