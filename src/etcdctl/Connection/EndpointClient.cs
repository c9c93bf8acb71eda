using EtcdSharp.Client;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>A connection to one endpoint alone, whose calls keep to <c>--command-timeout</c>.</summary>
internal sealed class EndpointClient : IAsyncDisposable
{
    private readonly IEtcdClient owner;

    public EndpointClient(ConnectionSettings settings, string endpoint)
    {
        owner = settings.Connect([endpoint]);
        Client = settings.InTime(owner);
    }

    public IEtcdClient Client { get; }

    public ValueTask DisposeAsync() => owner.DisposeAsync();
}
