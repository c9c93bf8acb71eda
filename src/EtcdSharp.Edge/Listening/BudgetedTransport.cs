using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Edge.Listening;

/// <summary>Sockets whose connections are counted against a budget, at all their addresses together.</summary>
internal sealed class BudgetedTransport(IConnectionListenerFactory sockets, ConnectionBudget budget, ILogger logger)
    : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new BudgetedListener(await sockets.BindAsync(endpoint, cancellationToken).ConfigureAwait(false), budget, logger);
}
