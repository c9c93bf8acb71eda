using EtcdSharp.Api;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Grpc.Tests.Support;

namespace EtcdSharp.Grpc.Tests.Server;

/// <summary>Unary answers that are written as the client takes them.</summary>
public sealed class PiecesTests
{
    private const int PieceBytes = 50_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(PieceBytes)]
    [InlineData((3 * PieceBytes) + 1)]
    public async Task ArrivesWhole(int bytes)
    {
        PiecesMarshaller pieces = new(PieceBytes);
        await using TestServer server = await StartAsync(pieces);
        using GrpcChannel channel = server.Channel();

        PutRequest answer = await channel.UnaryAsync(Method(pieces), new() { Lease = bytes });

        Assert.Equal(bytes, answer.Value.Length);
        Assert.Equal(Enumerable.Range(0, bytes).Select(static i => (byte)(i / PieceBytes)), answer.Value);
        Assert.Equal(1, pieces.Released);
    }

    [Fact]
    public async Task ASlowClientHoldsTheWriterBackAndOneThatGoesEndsIt()
    {
        const int bytes = 200_000_000;
        PiecesMarshaller pieces = new(PieceBytes);
        await using TestServer server = await StartAsync(pieces);
        using (RawHttp2 client = await RawHttp2.ConnectAsync(server.Port))
        {
            await client.OpenCallAsync(1, "/test.Pieces/Get");
            await client.FrameAsync(RawHttp2.Data, 1, 1, Framed(new() { Lease = bytes }));
            await WaitUntilAsync(() => pieces.Written > 0);

            // Nothing is acknowledged: the window of 64 KB is the end, and what the pipe has behind it.
            await client.FrameAsync(RawHttp2.Ping, 0, 0, new byte[8]);
            (byte Type, byte Flags, byte[] Payload)? frame;
            do
            {
                frame = await client.ReadAsync();
            } while (frame is { } read && !(read.Type == RawHttp2.Ping && read.Flags == 1));

            Assert.NotNull(frame);
            Assert.InRange(pieces.Written, 1, 20 * PieceBytes);
            Assert.Equal(0, pieces.Released);
        }

        await WaitUntilAsync(() => pieces.Released == 1);
        Assert.InRange(pieces.Written, 1, 20 * PieceBytes);
    }

    [Fact]
    public async Task WhatIsLargerThanMayBeSentIsRefusedBeforeAByteOfIt()
    {
        PiecesMarshaller pieces = new(PieceBytes);
        await using TestServer server = await StartAsync(pieces);
        using GrpcChannel channel = server.Channel();

        GrpcStatusException refused = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await channel.UnaryAsync(Method(pieces), new() { Lease = 3_000_000_000 })
        );

        Assert.Equal(StatusCode.ResourceExhausted, refused.Code);
        Assert.Equal("grpc: trying to send message larger than max (3000000000 vs. 2147483647)", refused.Status.Message);
        Assert.Equal((0, 1), (pieces.Written, pieces.Released));
    }

    [Fact]
    public async Task AnAnswerThatEndsTooEarlyIsAReset()
    {
        PiecesMarshaller pieces = new(PieceBytes, failsAt: 2 * PieceBytes);
        await using TestServer server = await StartAsync(pieces);
        using GrpcChannel channel = server.Channel();

        GrpcStatusException ended = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await channel.UnaryAsync(Method(pieces), new() { Lease = 5 * PieceBytes })
        );

        Assert.NotEqual(StatusCode.OK, ended.Code);
        Assert.Equal(1, pieces.Released);

        // The connection lives on.
        Assert.Equal(PieceBytes, (await channel.UnaryAsync(Method(pieces), new() { Lease = PieceBytes })).Value.Length);
    }

    [Fact]
    public async Task ADeadlineEndsAnAnswerThatNobodyTakes()
    {
        PiecesMarshaller pieces = new(PieceBytes);
        await using TestServer server = await StartAsync(pieces);
        using RawHttp2 client = await RawHttp2.ConnectAsync(server.Port);
        await client.OpenCallAsync(1, "/test.Pieces/Get", ("grpc-timeout", "200m"));
        await client.FrameAsync(RawHttp2.Data, 1, 1, Framed(new() { Lease = 200_000_000 }));

        await WaitUntilAsync(() => pieces.Released == 1);
        Assert.InRange(pieces.Written, 0, 20 * PieceBytes);
    }

    private static GrpcMethod<PutRequest, PutRequest> Method(PiecesMarshaller pieces) =>
        new(GrpcMethodKind.Unary, "test.Pieces", "Get", ProtobufMarshaller<PutRequest>.Instance, pieces);

    private static Task<TestServer> StartAsync(PiecesMarshaller pieces) =>
        TestServer.StartAsync(services => services.Unary(Method(pieces), static (request, _) => new(request)));

    private static byte[] Framed(PutRequest request)
    {
        byte[] message = Google.Protobuf.MessageExtensions.ToByteArray(request);
        return [0, 0, 0, 0, (byte)message.Length, .. message];
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = new(Patience);
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
