using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Edge.Listening;

/// <summary>Accepts a connection when the budget has room for it. One caller accepts at a time, as Kestrel does.</summary>
internal sealed partial class BudgetedListener(IConnectionListener inner, ConnectionBudget budget, ILogger logger)
    : IConnectionListener
{
    /// <summary>An operator needs to be told once, not for each connection that waits.</summary>
    private static readonly TimeSpan WarningPauseMin = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource unbound = new();
    private long? warnedMs;

    public EndPoint EndPoint => inner.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        Warn();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, unbound.Token);
        try
        {
            await budget.TakeAsync(end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (unbound.IsCancellationRequested)
        {
            return null;
        }

        ConnectionContext? accepted = null;
        try
        {
            accepted = await inner.AcceptAsync(cancellationToken).ConfigureAwait(false);
            return accepted is null ? null : new BudgetedConnection(accepted, budget);
        }
        finally
        {
            if (accepted is null)
            {
                budget.GiveBack();
            }
        }
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await unbound.CancelAsync().ConfigureAwait(false);
        await inner.UnbindAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await unbound.CancelAsync().ConfigureAwait(false);
        await inner.DisposeAsync().ConfigureAwait(false);
    }

    private void Warn()
    {
        long nowMs = Environment.TickCount64;
        if (budget.IsSpent && !(warnedMs is { } warned && nowMs - warned < WarningPauseMin.TotalMilliseconds))
        {
            warnedMs = nowMs;
            LogSpent(logger, budget.Max, inner.EndPoint);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Connections} connections are open; {Address} accepts the next when one is closed, to keep file descriptors for the log and the store"
    )]
    private static partial void LogSpent(ILogger logger, int connections, EndPoint address);
}
