using System.Diagnostics;
using System.Runtime.InteropServices;
using EtcdSharp.Api;
using EtcdSharp.Bench.Http2;
using Google.Protobuf;

namespace EtcdSharp.Bench.Work;

/// <summary>
/// Watchers of one key and clients that write it: how long from the moment a write was due until each watcher has its
/// event. The moment travels in the value, behind a mark that finds it again without decoding the message.
/// </summary>
internal sealed class WatchWorkload : Workload
{
    private const int EventSeries = 0;
    private const int PutSeries = 1;

    private static readonly byte[] Mark = [0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA, 0xFB, 0xFC];

    private readonly LoadOptions _options;
    private readonly RequestTemplate _put;
    private int _missing;

    public WatchWorkload(LoadOptions options)
    {
        _options = options;
        var value = new byte[Math.Max(options.ValueSize, Mark.Length + sizeof(long))];
        Mark.CopyTo(value, 0);
        _put = new RequestTemplate(
            "/etcdserverpb.KV/Put",
            new PutRequest { Key = Key, Value = ByteString.CopyFrom(value) },
            options.KeySize,
            PutSeries
        );
    }

    public override IReadOnlyList<string> Series { get; } = ["event", "put"];

    public override bool Ready => _missing == 0;

    private ByteString Key => ByteString.CopyFromUtf8(new string('w', _options.KeySize));

    public override void Prepare(Worker worker)
    {
        _missing = _options.Watchers;
        var create = new RequestTemplate(
            "/etcdserverpb.Watch/Watch",
            new WatchRequest { CreateRequest = new WatchCreateRequest { Key = Key } },
            _options.KeySize,
            0
        );
        var streams = new CallStream[Math.Min(_options.Streams, _options.Watchers)];
        for (var i = 0; i < _options.Watchers; i++)
        {
            var connection = worker.AnyConnection(i % streams.Length);
            ref var stream = ref streams[i % streams.Length];
            if (stream is null)
            {
                stream = connection.Start(create.Method, [], streaming: true);
                stream.Tag = Worker.PreparationTag;
            }
            connection.Send(stream, create.Frame, end: false);
        }
    }

    public override CallStream Issue(Connection connection, int client)
    {
        var stamp = _put.From(Mark)[Mark.Length..];
        MemoryMarshal.Write(stamp, Stopwatch.GetTimestamp());
        var call = connection.Start(_put.Method, _put.Frame, streaming: false);
        call.Series = PutSeries;
        return call;
    }

    public override void OnMessage(Worker worker, Connection connection, CallStream call, ReadOnlySpan<byte> message)
    {
        var now = Stopwatch.GetTimestamp();
        var found = false;
        for (var at = message.IndexOf(Mark); at >= 0; at = message.IndexOf(Mark))
        {
            message = message[(at + Mark.Length)..];
            worker.Record(EventSeries, now - MemoryMarshal.Read<long>(message));
            found = true;
        }
        if (!found && WatchResponse.Parser.ParseFrom(message) is { } control)
        {
            if (control.Canceled)
            {
                throw new InvalidOperationException($"a watcher was canceled: {control.CancelReason}");
            }
            _missing -= control.Created ? 1 : 0;
        }
    }
}
