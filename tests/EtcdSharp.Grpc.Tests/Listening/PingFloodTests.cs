using System.Buffers.Binary;
using System.Text;
using EtcdSharp.Api;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Tests.Support;

namespace EtcdSharp.Grpc.Tests.Listening;

public sealed class PingFloodTests
{
    private const int EnhanceYourCalm = 11;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheFourthPingInARowIsOneTooMany(bool withCall)
    {
        await using TestServer server = await TestServer.StartAsync();
        using RawHttp2 client = await RawHttp2.ConnectAsync(server.Port);
        if (withCall)
        {
            await client.OpenCallAsync(1, TestMethods.Chat.Path);
        }

        // The first is free, two strikes are allowed, the fourth ends it.
        for (int i = 0; i < 4; i++)
        {
            await client.FrameAsync(RawHttp2.Ping, 0, 0, new byte[8]);
        }

        int acks = 0;
        while (await client.ReadAsync() is { } frame)
        {
            if (frame.Type == RawHttp2.Ping && frame.Flags == 1)
            {
                acks++;
            }

            if (frame.Type != RawHttp2.GoAway || BinaryPrimitives.ReadInt32BigEndian(frame.Payload.AsSpan(4)) == 0)
            {
                continue;
            }

            Assert.Equal(EnhanceYourCalm, BinaryPrimitives.ReadInt32BigEndian(frame.Payload.AsSpan(4)));
            Assert.Equal("too_many_pings", Encoding.ASCII.GetString(frame.Payload, 8, frame.Payload.Length - 8));
            Assert.Equal(withCall ? 1 : 0, BinaryPrimitives.ReadInt32BigEndian(frame.Payload));

            // And the connection is closed behind it: the end comes, it is not waited for in vain.
            await client.ReadToEndAsync();
            return;
        }

        Assert.Fail($"the connection ended after {acks} answered pings without the GOAWAY");
    }

    [Fact]
    public async Task ThreePingsAreBorne()
    {
        await using TestServer server = await TestServer.StartAsync();
        using RawHttp2 client = await RawHttp2.ConnectAsync(server.Port);
        for (int i = 0; i < 3; i++)
        {
            await client.FrameAsync(RawHttp2.Ping, 0, 0, new byte[8]);
        }

        int acks = 0;
        while (acks < 3)
        {
            (byte type, byte flags, _) = Assert.NotNull(await client.ReadAsync());
            Assert.NotEqual(RawHttp2.GoAway, type);
            acks += type == RawHttp2.Ping && flags == 1 ? 1 : 0;
        }
    }

    [Fact]
    public async Task OtherConnectionsDoNotPay()
    {
        await using TestServer server = await TestServer.StartAsync();
        using GrpcChannel good = server.Channel();
        await good.UnaryAsync(TestMethods.Echo, new());
        using RawHttp2 client = await RawHttp2.ConnectAsync(server.Port);
        for (int i = 0; i < 300; i++)
        {
            try
            {
                await client.FrameAsync(RawHttp2.Ping, 0, 0, new byte[8]);
            }
            catch (IOException)
            {
                break;
            }
        }

        await client.ReadToEndAsync();
        PutRequest sent = TestMethods.Message("still here");
        Assert.Equal(sent, await good.UnaryAsync(TestMethods.Echo, sent));
    }
}
