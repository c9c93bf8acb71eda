using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace EtcdSharp.Edge.Listening;

/// <summary>The connections of a shared port that have turned out to speak one protocol.</summary>
internal sealed class LogicalListener(LogicalEndPoint endPoint) : IConnectionListener
{
    // Unbounded on purpose: what waits here is an accepted connection that Kestrel takes at once, and every one of them holds a file
    // descriptor, of which the process has a limited number.
    private readonly Channel<ConnectionContext> sorted = Channel.CreateUnbounded<ConnectionContext>(
        new() { SingleReader = true, AllowSynchronousContinuations = false }
    );

    public EndPoint EndPoint => endPoint;

    /// <summary>False once nobody accepts here any more.</summary>
    public bool TryHandOver(ConnectionContext connection) => sorted.Writer.TryWrite(connection);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await sorted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (sorted.Reader.TryRead(out ConnectionContext? connection))
            {
                return connection;
            }
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        sorted.Writer.TryComplete();
        return endPoint.Port.UnbindAsync();
    }

    public async ValueTask DisposeAsync()
    {
        sorted.Writer.TryComplete();
        while (sorted.Reader.TryRead(out ConnectionContext? connection))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        await endPoint.Port.DisposeAsync().ConfigureAwait(false);
    }
}
