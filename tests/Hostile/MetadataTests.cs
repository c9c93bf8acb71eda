using System.Globalization;
using System.Text;

namespace EtcdSharp.Hostile;

/// <summary>
/// What a client sends as metadata: real etcd takes much of it. What is too much costs its own call and nobody else's, not
/// even those of the same connection.
/// </summary>
public sealed class MetadataTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Entries, the bytes of the value of each, and whether a call may have them.</summary>
    private static readonly (int Entries, int Bytes, bool Taken)[] s_ours =
    [
        (1, 33_000, true),
        (95, 10, true),
        (1_000, 33, true),
        (1, 1_000_000, true),
        (1, 1_050_000, false),
        (11, 100_000, false),
        (30_000, 10, false),
        (7, 1_000_000, false),
        (1, 7_000_000, false),
    ];

    /// <summary>grpc-go's limit is 16 MiB.</summary>
    private static readonly (int Entries, int Bytes, bool Taken)[] s_real =
    [
        (1, 33_000, true),
        (95, 10, true),
        (1_000, 33, true),
        (1, 1_000_000, true),
        (17, 1_000_000, false),
    ];

    [Theory]
    [InlineData(ServerKind.Ours)]
    [InlineData(ServerKind.Real)]
    public async Task TooMuchCostsOneCall(ServerKind kind)
    {
        await using var round = await AttackRound.StartAsync(kind);
        await round.RunAsync(() => Task.Run(() => Attack(round.Server.Address, kind == ServerKind.Ours ? s_ours : s_real)));
    }

    private static void Attack(Uri address, (int Entries, int Bytes, bool Taken)[] cases)
    {
        using var connection = new Http2Connection(address, s_patience);
        var watch = new WatchRequest { CreateRequest = new() { Key = ByteString.CopyFromUtf8("watched") } };
        connection.SendCall(1, "/etcdserverpb.Watch/Watch", []);
        connection.SendData(1, GrpcFrame.Of(watch), end: false);
        AwaitData(connection, 1);
        var stream = 3;
        foreach (var (entries, bytes, taken) in cases)
        {
            // The put is what the watch has to see: it is alive after each of these.
            var metadata = Enumerable
                .Range(0, entries)
                .Select(number => KeyValuePair.Create(Name(number), new string('v', bytes)));
            Assert.True(taken == Put(connection, stream, metadata), $"{entries} entries of {bytes} bytes");
            Assert.True(Put(connection, stream + 2, []));
            stream += 4;
        }
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"x-{number}");

    /// <summary>Whether it was taken; the watch has told of it then.</summary>
    private static bool Put(Http2Connection connection, int stream, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        connection.SendCall(stream, "/etcdserverpb.KV/Put", metadata);
        connection.SendData(stream, GrpcFrame.Of(new PutRequest { Key = ByteString.CopyFromUtf8("watched") }), end: true);
        var (answered, told, ended) = (false, false, false);
        while (!ended || (answered && !told))
        {
            var frame = connection.Receive() ?? throw new IOException("the connection was closed");
            Assert.True(
                frame.Type != Http2Frame.GoAway,
                $"the connection is given up: {Encoding.Latin1.GetString(frame.Payload)}"
            );
            told |= frame is { Stream: 1, Type: Http2Frame.Data };
            answered |= frame.Stream == stream && frame is { Type: Http2Frame.Data, Payload.Length: > 0 };
            ended |=
                frame.Stream == stream
                && (
                    frame.Type == Http2Frame.RstStream
                    || (frame.Type is Http2Frame.Headers or Http2Frame.Data && (frame.Flags & Http2Connection.EndStream) != 0)
                );
        }

        return answered;
    }

    private static void AwaitData(Http2Connection connection, int stream)
    {
        while (connection.Receive() is { } frame)
        {
            if (frame.Stream == stream && frame is { Type: Http2Frame.Data, Payload.Length: > 0 })
            {
                return;
            }
        }

        throw new IOException("the connection was closed");
    }
}
