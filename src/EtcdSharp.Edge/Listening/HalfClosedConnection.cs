using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace EtcdSharp.Edge.Listening;

/// <summary>
/// An HTTP/1 connection whose client may close its sending side behind the request and still gets the answer, as from Go's server.
/// Kestrel takes the end of the input for the end of the connection and drops what it has not sent. Here the end of the input ends
/// the connection only once the running request is answered; requests of this port are short.
/// </summary>
internal sealed class HalfClosedConnection : ConnectionContext
{
    private readonly ConnectionContext inner;
    private readonly CancellationTokenSource closed = new();

    private HalfClosedConnection(ConnectionContext inner)
    {
        this.inner = inner;
        ConnectionClosed = closed.Token;
    }

    public override string ConnectionId
    {
        get => inner.ConnectionId;
        set => inner.ConnectionId = value;
    }

    public override IFeatureCollection Features => inner.Features;

    public override IDictionary<object, object?> Items
    {
        get => inner.Items;
        set => inner.Items = value;
    }

    public override IDuplexPipe Transport
    {
        get => inner.Transport;
        set => inner.Transport = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => inner.LocalEndPoint;
        set => inner.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => inner.RemoteEndPoint;
        set => inner.RemoteEndPoint = value;
    }

    public override CancellationToken ConnectionClosed { get; set; }

    public static async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        await using HalfClosedConnection half = new(connection);
        await next(half).ConfigureAwait(false);
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        inner.Abort(abortReason);
        closed.Cancel();
    }

    public override void Abort()
    {
        inner.Abort();
        closed.Cancel();
    }

    /// <summary>The connection itself belongs to the listener.</summary>
    public override ValueTask DisposeAsync()
    {
        closed.Dispose();
        return ValueTask.CompletedTask;
    }
}
