using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Edge.Listening;

/// <summary>
/// A clear-text port that serves HTTP/2 with prior knowledge and HTTP/1 side by side: it accepts once, looks at the first bytes without
/// consuming them, and hands the connection to the listener of the protocol they belong to.
/// </summary>
internal sealed partial class SharedPort(EdgeUrl url, IConnectionListenerFactory transport, BlockPool blocks, ILogger logger)
    : IAsyncDisposable
{
    /// <summary>How long a client may take to show which protocol it speaks. Both send their first bytes at once.</summary>
    public static readonly TimeSpan PeekTimeoutMax = TimeSpan.FromSeconds(10);

    /// <summary>Between two attempts to accept, where accepting fails as such.</summary>
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim binding = new(1, 1);
    private LogicalListener? http1;
    private LogicalListener? http2;
    private IConnectionListener? physical;
    private Task accepting = Task.CompletedTask;
    private volatile bool closing;

    public EdgeUrl Url { get; } = url;

    /// <summary>The first bytes of the HTTP/2 preface. No HTTP/1 method begins so.</summary>
    private static ReadOnlySpan<byte> Http2Begin => "PRI "u8;

    public async ValueTask<IConnectionListener> BindAsync(LogicalEndPoint endPoint, CancellationToken cancellationToken)
    {
        LogicalListener listener = new(endPoint);
        if (endPoint.Protocol == EdgeProtocol.Http1)
        {
            http1 = listener;
        }
        else
        {
            http2 = listener;
        }

        if (http1 is not null && http2 is not null)
        {
            physical = await transport.BindAsync(Url.EndPoint, cancellationToken).ConfigureAwait(false);
            accepting = AcceptAllAsync(physical);
        }

        return listener;
    }

    /// <summary>Takes no time worth cancelling: even a host that stops at once must have left its port when it says so.</summary>
    public async ValueTask UnbindAsync()
    {
        await binding.WaitAsync().ConfigureAwait(false);
        try
        {
            closing = true;
            if (physical is not null)
            {
                await physical.UnbindAsync().ConfigureAwait(false);
                await accepting.ConfigureAwait(false);
            }
        }
        finally
        {
            binding.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await binding.WaitAsync().ConfigureAwait(false);
        try
        {
            closing = true;
            if (physical is not null)
            {
                await physical.DisposeAsync().ConfigureAwait(false);
                await accepting.ConfigureAwait(false);
                physical = null;
            }
        }
        finally
        {
            binding.Release();
        }
    }

    /// <summary>Null while there are too few bytes to tell.</summary>
    internal static EdgeProtocol? Recognize(in ReadOnlySequence<byte> first)
    {
        Span<byte> begin = stackalloc byte[Http2Begin.Length];
        int length = (int)Math.Min(first.Length, begin.Length);
        first.Slice(0, length).CopyTo(begin);
        if (!begin[..length].SequenceEqual(Http2Begin[..length]))
        {
            return EdgeProtocol.Http1;
        }

        return length == Http2Begin.Length ? EdgeProtocol.Http2 : null;
    }

    private async Task AcceptAllAsync(IConnectionListener listener)
    {
        while (true)
        {
            ConnectionContext? connection;
            try
            {
                connection = await listener.AcceptAsync().ConfigureAwait(false);
            }
            catch (Exception failure) when (!closing)
            {
                // A port that accepts nothing any more looks like a member that is down, and nobody would say why.
                LogAcceptFailed(logger, Url.Text, failure);
                await Task.Delay(AcceptPause).ConfigureAwait(false);
                continue;
            }

            if (connection is null)
            {
                return;
            }

            _ = SortAsync(connection);
        }
    }

    /// <summary>Never throws: one connection that cannot be sorted is closed, and the others go on.</summary>
    private async Task SortAsync(ConnectionContext connection)
    {
        try
        {
            await HandOverAsync(connection).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            LogNotSorted(logger, connection.RemoteEndPoint, failure);
            connection.Abort();
        }
    }

    private async Task HandOverAsync(ConnectionContext connection)
    {
        EdgeProtocol? protocol;
        try
        {
            using CancellationTokenSource timeout = new(PeekTimeoutMax);
            protocol = await PeekAsync(connection.Transport.Input, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            LogNoProtocol(logger, connection.RemoteEndPoint, gone.Message);
            protocol = null;
        }

        connection.Features.Set<IMemoryPoolFeature>(blocks);
        LogicalListener? listener = protocol switch
        {
            EdgeProtocol.Http1 => http1,
            EdgeProtocol.Http2 => http2,
            _ => null,
        };
        if (listener is null || !listener.TryHandOver(connection))
        {
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async ValueTask<EdgeProtocol?> PeekAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            EdgeProtocol? protocol = read.Buffer.IsEmpty ? null : Recognize(read.Buffer);
            if (protocol is not null || read.IsCompleted)
            {
                // Nothing is examined, so the next reader gets the same bytes without waiting.
                input.AdvanceTo(read.Buffer.Start);
                return protocol;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "accepting connections at {Url} failed; it is tried again")]
    private static partial void LogAcceptFailed(ILogger logger, string url, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "connection from {Remote} could not be taken")]
    private static partial void LogNotSorted(ILogger logger, EndPoint? remote, Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "connection from {Remote} closed before it showed a protocol: {Reason}")]
    private static partial void LogNoProtocol(ILogger logger, EndPoint? remote, string reason);
}
