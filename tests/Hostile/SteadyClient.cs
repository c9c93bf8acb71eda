using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace EtcdSharp.Hostile;

/// <summary>
/// The well-behaved client: one connection, one put after the other, each timed. On a thread of its own with a socket of its
/// own, so a busy thread pool in this process, which the attackers share, is not counted as the server's.
/// </summary>
internal sealed class SteadyClient : IDisposable
{
    private const string PutPath = "/etcdserverpb.KV/Put";
    private const int Keys = 16;

    /// <summary>A put that takes longer has not gone on.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Some hundred puts a second: enough for a 99th percentile, too few to be a load.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(2);

    private readonly Lock _gate = new();
    private readonly List<(long From, long To)> _puts = [];
    private readonly Uri _address;
    private readonly IReadOnlyDictionary<string, string> _metadata;
    private readonly Thread _thread;
    private long _running;
    private Exception? _failure;
    private volatile bool _stopping;

    /// <param name="address">Of the member.</param>
    /// <param name="metadata">Headers of each put, as for instance a token.</param>
    public SteadyClient(Uri address, IReadOnlyDictionary<string, string> metadata)
    {
        _address = address;
        _metadata = metadata;
        _thread = new Thread(Run) { Name = "steady-client", IsBackground = true };
        _thread.Start();
    }

    /// <summary>What ended the puts; null while they go on.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>How many puts began since a moment of <see cref="Stopwatch"/> and are answered.</summary>
    public int CountSince(long from)
    {
        lock (_gate)
        {
            return _puts.Count(put => put.From >= from);
        }
    }

    /// <summary>
    /// The puts that were under way between two moments, one that is not answered yet among them: it has taken as long as it
    /// has waited.
    /// </summary>
    public IReadOnlyList<(long From, long To)> Between(long from, long to)
    {
        lock (_gate)
        {
            var puts = _puts.Where(put => put.To >= from && put.From <= to).ToList();
            if (_running != 0 && _running <= to)
            {
                puts.Add((_running, to));
            }

            return puts;
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            using var connection = new Http2Connection(_address, s_patience);
            for (var put = 0; !_stopping; put++)
            {
                var from = Stopwatch.GetTimestamp();
                lock (_gate)
                {
                    _running = from;
                }

                Put(connection, put);
                lock (_gate)
                {
                    _puts.Add((from, Stopwatch.GetTimestamp()));
                    _running = 0;
                }

                Thread.Sleep(s_pause);
            }
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            Volatile.Write(ref _failure, failure);
        }
    }

    private void Put(Http2Connection connection, int number)
    {
        var stream = (2 * number) + 1;
        var request = new PutRequest
        {
            Key = ByteString.CopyFromUtf8(string.Create(CultureInfo.InvariantCulture, $"steady/{number % Keys}")),
            Value = ByteString.CopyFrom(new byte[64]),
        };
        connection.SendCall(stream, PutPath, _metadata);
        connection.SendData(stream, GrpcFrame.Of(request), end: true);
        var answered = false;
        while (true)
        {
            var frame = connection.Receive() ?? throw new IOException($"the member closed the connection in put {number}");
            if (frame.Type is Http2Frame.GoAway or Http2Frame.RstStream)
            {
                throw new IOException($"put {number} was answered with {frame.Type} {Convert.ToHexString(frame.Payload)}");
            }

            if (frame.Stream != stream)
            {
                continue;
            }

            answered |= frame is { Type: Http2Frame.Data, Payload.Length: > 0 };
            if (frame.Type is Http2Frame.Headers or Http2Frame.Data && (frame.Flags & Http2Connection.EndStream) != 0)
            {
                // Only an answer has a body; a refusal is headers alone.
                if (!answered)
                {
                    throw new IOException($"put {number} was refused: {Encoding.Latin1.GetString(frame.Payload)}");
                }

                return;
            }
        }
    }
}
