using System.IO.Compression;

namespace EtcdSharp.Conformance.Wire;

/// <summary>Whoever sends compressed requests gets compressed answers, and plain ones may come between.</summary>
public sealed class CompressionCases(Servers servers)
{
    private const string PutPath = "/etcdserverpb.KV/Put";
    private const string RangePath = "/etcdserverpb.KV/Range";
    private const byte Plain = 0;
    private const byte Compressed = 1;

    private static readonly Dictionary<string, string> Gzip = new(StringComparer.Ordinal) { ["grpc-encoding"] = "gzip" };

    private readonly Keyspace _keys = new();

    [Theory]
    [OnEach(true)]
    [OnEach(false)]
    public async Task ARequestAndItsAnswer(ServerKind kind, bool compressed)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var value = new string('x', 10_000);
        await Answer(etcd, PutPath, Put(_keys["a"], value), compressed);
        var range = RangeResponse.Parser.ParseFrom(await Answer(etcd, RangePath, Get(_keys["a"]), compressed));
        Assert.Equal(value, Assert.Single(range.Kvs).Value.ToStringUtf8());
    }

    /// <summary>The message of an answer, which must be compressed whether the request was or only might have been.</summary>
    private static async Task<byte[]> Answer(EtcdEndpoint etcd, string path, IMessage request, bool compressed)
    {
        var frame = GrpcFrame.Of(compressed ? Compress(request.ToByteArray()) : request.ToByteArray());
        frame[0] = compressed ? Compressed : Plain;
        var answer = await etcd.Raw(path, frame, headers: Gzip);
        Assert.Equal((GrpcCode.Ok, ""), (answer.Code, answer.Detail));
        Assert.Equal(Compressed, answer.Body[0]);
        using var expanded = new MemoryStream();
        await using var gzip = new GZipStream(
            new MemoryStream(answer.Body[GrpcFrame.PrefixLength..]),
            CompressionMode.Decompress
        );
        await gzip.CopyToAsync(expanded);
        return expanded.ToArray();
    }

    private static byte[] Compress(byte[] message)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(message);
        }
        return compressed.ToArray();
    }
}
