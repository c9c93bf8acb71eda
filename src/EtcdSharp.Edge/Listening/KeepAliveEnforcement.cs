using System.Buffers.Binary;
using System.IO.Pipelines;
using EtcdSharp.Grpc.Server;
using Microsoft.AspNetCore.Connections;

namespace EtcdSharp.Edge.Listening;

/// <summary>
/// Stands between an HTTP/2 connection and its transport and closes it on a client that pings too often, with the GOAWAY that gRPC
/// clients know: ENHANCE_YOUR_CALM, too_many_pings. Kestrel shows no PING frames and cannot send debug data with a GOAWAY.
/// </summary>
internal sealed class KeepAliveEnforcement : IDuplexPipe
{
    /// <summary>A client that goes on pinging and does not read its GOAWAY is not worth waiting for.</summary>
    private const int PingsAfterGoAwayMax = 100;

    private const int FrameHeaderLength = 9;
    private const byte TypeGoAway = 7;
    private const int EnhanceYourCalm = 11;

    private readonly ConnectionContext connection;
    private readonly IDuplexPipe transport;
    private readonly PingGuard guard;
    private FrameScanner scanner = new();
    private int pingsTooMany;
    private volatile GoAwayState goAway;

    private KeepAliveEnforcement(ConnectionContext connection, KeepAlivePolicy policy)
    {
        this.connection = connection;
        transport = connection.Transport;
        guard = new(policy);
        Input = new ScannedReader(transport.Input, this);
        Output = new GoAwayWriter(transport.Output, this);
    }

    private enum GoAwayState
    {
        None,
        Wanted,
        Sent,
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>Whether the GOAWAY is out and the client's further words do not count.</summary>
    public bool Closed => goAway == GoAwayState.Sent;

    private static ReadOnlySpan<byte> DebugData => "too_many_pings"u8;

    public static Task RunAsync(ConnectionContext connection, KeepAlivePolicy policy, ConnectionDelegate next)
    {
        KeepAliveEnforcement enforcement = new(connection, policy);
        connection.Transport = enforcement;
        connection.Features.Set<IGrpcConnection>(enforcement.guard);
        return next(connection);
    }

    /// <summary>Data is on its way to the client.</summary>
    public void Wrote() => guard.Wrote();

    /// <summary>Wakes the reader, who then sees <see cref="Closed"/>.</summary>
    public void StopReading() => transport.Input.CancelPendingRead();

    public void Scan(in System.Buffers.ReadOnlySequence<byte> unseen)
    {
        int pings = scanner.Scan(unseen);
        for (; pings > 0; pings--)
        {
            if (guard.Ping(Environment.TickCount64))
            {
                continue;
            }

            // Kestrel answers the ping next, and the GOAWAY leaves with that answer, between two frames.
            if (goAway == GoAwayState.None)
            {
                goAway = GoAwayState.Wanted;
            }

            if (++pingsTooMany > PingsAfterGoAwayMax)
            {
                connection.Abort(new ConnectionAbortedException("too many pings"));
                return;
            }
        }
    }

    /// <summary>Kestrel flushes between frames only, one flush at a time. True: the caller closes the connection after it.</summary>
    public bool WriteGoAway(PipeWriter output)
    {
        if (goAway != GoAwayState.Wanted)
        {
            return false;
        }

        int payload = sizeof(int) + sizeof(int) + DebugData.Length;
        Span<byte> frame = output.GetSpan(FrameHeaderLength + payload);
        frame[..FrameHeaderLength].Clear();
        frame[2] = (byte)payload;
        frame[3] = TypeGoAway;
        Span<byte> body = frame[FrameHeaderLength..];
        BinaryPrimitives.WriteInt32BigEndian(body, scanner.LastStream);
        BinaryPrimitives.WriteInt32BigEndian(body[sizeof(int)..], EnhanceYourCalm);
        DebugData.CopyTo(body[(2 * sizeof(int))..]);
        output.Advance(FrameHeaderLength + payload);
        goAway = GoAwayState.Sent;
        return true;
    }
}
