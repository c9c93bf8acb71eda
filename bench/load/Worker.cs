using System.Diagnostics;
using EtcdSharp.Bench.Http2;
using EtcdSharp.Bench.Report;
using EtcdSharp.Bench.Work;

namespace EtcdSharp.Bench;

/// <summary>One thread with some of the connections and clients. Each client has at most one request in flight.</summary>
internal sealed class Worker : ICallOwner, IDisposable
{
    /// <summary>The tag of calls that belong to no client.</summary>
    public const int PreparationTag = -1;

    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly LoadOptions _options;
    private readonly Workload _workload;
    private readonly Epoll _epoll = new();
    private readonly List<Connection> _connections = [];
    private readonly Queue<int> _idle = [];
    private readonly Dictionary<CallStream, Action<CallStream>> _preparing = [];
    private readonly long[] _dueOf;
    private readonly bool[] _watchesWritable;
    private readonly double _ticksPerRequest;
    private readonly long _quota;
    private long _issued;
    private int _inFlight;
    private double _nextDue;

    public Worker(LoadOptions options, int index)
    {
        _options = options;
        _workload = options.Scenario switch
        {
            "watch" => new WatchWorkload(options),
            "lease" when options.KeepAlive => new KeepAliveWorkload(),
            _ => new UnaryWorkload(options, index),
        };
        Clients = [.. Enumerable.Range(0, options.Clients).Where(client => client % options.Threads == index)];
        var connections = Math.Max(1, (options.Connections + options.Threads - 1 - index) / options.Threads);
        for (var i = 0; i < connections; i++)
        {
            var (host, port) = options.Endpoints[((i * options.Threads) + index) % options.Endpoints.Count];
            _connections.Add(new Connection(host, port, i, this));
            _epoll.Add(_connections[i].Handle, i);
        }
        _dueOf = new long[options.Clients];
        _watchesWritable = new bool[connections];
        Results = [.. _workload.Series.Select(name => new SeriesResult(name))];
        _ticksPerRequest = options.Rate > 0 ? Stopwatch.Frequency * options.Threads / options.Rate : 0;
        _quota = options.Total == 0 ? long.MaxValue : (options.Total + options.Threads - 1 - index) / options.Threads;
    }

    /// <summary>The numbers of the clients on this thread.</summary>
    public int[] Clients { get; }

    public SeriesResult[] Results { get; }

    /// <summary>Whether the preparation is over and the load may start.</summary>
    public bool Ready => _workload.Ready;

    public Connection ConnectionOf(int client) => _connections[client / _options.Threads % _connections.Count];

    public Connection AnyConnection(int index) => _connections[index % _connections.Count];

    public void WhenPrepared(CallStream call, Action<CallStream> then) => _preparing.Add(call, then);

    /// <summary>Opens streams and the like, and returns when all is there.</summary>
    public void Prepare()
    {
        _workload.Prepare(this);
        FlushAll();
        while (!_workload.Ready)
        {
            Poll(100_000_000);
            FlushAll();
        }
    }

    /// <summary>Issues requests until the end, then waits for the answers still on their way.</summary>
    public void Run(long start, long countFrom, long end)
    {
        foreach (var result in Results)
        {
            result.Begin(countFrom);
        }
        _nextDue = start;
        foreach (var client in Clients)
        {
            _idle.Enqueue(client);
        }
        var now = start;
        while (now < end && (_issued < _quota || _inFlight > 0))
        {
            Fill(now, end);
            FlushAll();
            Poll(WaitTime(now, end));
            now = Stopwatch.GetTimestamp();
        }
        Drain(now + (Stopwatch.Frequency * 10));
    }

    public void Record(int series, long ticks) =>
        Results[series].Add(Stopwatch.GetTimestamp(), (long)(ticks * NanosecondsPerTick), 0);

    /// <summary>The client's request is answered, while its call goes on.</summary>
    public void Answered(Connection connection, CallStream call, int status)
    {
        Finish(call, status);
    }

    public void OnMessage(Connection connection, CallStream call, ReadOnlySpan<byte> message) =>
        _workload.OnMessage(this, connection, call, message);

    public void OnEnd(Connection connection, CallStream call)
    {
        if (_preparing.Remove(call, out var then))
        {
            if (call.Status != 0)
            {
                throw new InvalidOperationException($"a request of the preparation ended with status {call.Status}");
            }
            then(call);
            return;
        }
        if (call.Streaming)
        {
            throw new InvalidOperationException($"the server ended a stream with status {call.Status}");
        }
        Finish(call, call.Status);
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
        _epoll.Dispose();
    }

    private void Finish(CallStream call, int status)
    {
        var now = Stopwatch.GetTimestamp();
        Results[call.Series].Add(now, (long)((now - _dueOf[call.Tag]) * NanosecondsPerTick), call.BytesReceived, status);
        call.BytesReceived = 0;
        _inFlight--;
        _idle.Enqueue(call.Tag);
    }

    /// <summary>Gives every idle client its next request, as far as the rate and the total allow.</summary>
    private void Fill(long now, long end)
    {
        while (_idle.Count > 0 && _issued < _quota && now < end)
        {
            var due = now;
            if (_ticksPerRequest > 0)
            {
                if (_nextDue > now)
                {
                    return;
                }
                // The wait counts from when the request was due, not from when a client was free for it.
                due = (long)_nextDue;
                _nextDue += _ticksPerRequest;
            }
            var client = _idle.Dequeue();
            _dueOf[client] = due;
            var call = _workload.Issue(ConnectionOf(client), client);
            call.Tag = client;
            _issued++;
            _inFlight++;
        }
    }

    private long WaitTime(long now, long end)
    {
        var until = end;
        if (_ticksPerRequest > 0 && _idle.Count > 0 && _issued < _quota)
        {
            until = Math.Min(end, (long)_nextDue);
        }
        return Math.Clamp((long)((until - now) * NanosecondsPerTick), 0, 100_000_000);
    }

    private void Drain(long giveUp)
    {
        while (_inFlight > 0)
        {
            if (Stopwatch.GetTimestamp() > giveUp)
            {
                throw new TimeoutException($"{_inFlight} requests were not answered within 10 s after the end");
            }
            FlushAll();
            Poll(100_000_000);
        }
    }

    private void Poll(long nanoseconds)
    {
        Span<int> ready = stackalloc int[128];
        var count = _epoll.Wait(ready, nanoseconds);
        for (var i = 0; i < count; i++)
        {
            _connections[ready[i]].Receive();
        }
    }

    private void FlushAll()
    {
        for (var i = 0; i < _connections.Count; i++)
        {
            var connection = _connections[i];
            var left = connection.HasUnsent && !connection.Flush();
            if (left != _watchesWritable[i])
            {
                _watchesWritable[i] = left;
                _epoll.WatchWritable(connection.Handle, i, left);
            }
        }
    }
}
