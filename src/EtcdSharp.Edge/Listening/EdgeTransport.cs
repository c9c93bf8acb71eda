using System.Net;
using Microsoft.AspNetCore.Connections;

namespace EtcdSharp.Edge.Listening;

/// <summary>Kestrel's view of the network: logical endpoints lead to their shared port, all others to the socket itself.</summary>
internal sealed class EdgeTransport(IConnectionListenerFactory sockets) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        endpoint is LogicalEndPoint logical
            ? logical.Port.BindAsync(logical, cancellationToken)
            : sockets.BindAsync(endpoint, cancellationToken);
}
