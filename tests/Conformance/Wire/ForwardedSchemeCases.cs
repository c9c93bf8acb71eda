using System.Net.Sockets;
using System.Text;

namespace EtcdSharp.Conformance.Wire;

/// <summary>What terminates TLS in front of a member passes on <c>:scheme: https</c> over clear text. Written in frames, because clients name the scheme they use.</summary>
public sealed class ForwardedSchemeCases(Servers servers)
{
    private const int FrameHeader = 9;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte ResetStream = 3;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;

    // Entries of HPACK's static table.
    private const byte MethodPost = 0x80 | 3;
    private const byte SchemeHttp = 0x80 | 6;
    private const byte SchemeHttps = 0x80 | 7;
    private const byte AuthorityName = 0x40 | 1;
    private const byte PathName = 0x40 | 4;
    private const byte ContentTypeName = 0x40 | 31;

    [Theory]
    [OnEach(SchemeHttp)]
    [OnEach(SchemeHttps)]
    public async Task EitherSchemeIsServed(ServerKind kind, byte scheme)
    {
        var address = (await servers.Shared(kind)).Address;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port, limit.Token);
        byte[] head =
        [
            MethodPost,
            scheme,
            AuthorityName,
            .. Word(address.Authority),
            PathName,
            .. Word("/etcdserverpb.Maintenance/Status"),
            ContentTypeName,
            .. Word("application/grpc"),
            0x40,
            .. Word("te"),
            .. Word("trailers"),
        ];
        byte[] emptyMessage = [0, 0, 0, 0, 0];
        byte[] request =
        [
            .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8,
            .. Frame(Headers, EndHeaders, head),
            .. Frame(Data, EndStream, emptyMessage),
        ];
        await socket.SendAsync(request, limit.Token);
        await using var stream = new NetworkStream(socket);
        var header = new byte[FrameHeader];
        while (true)
        {
            await stream.ReadExactlyAsync(header, limit.Token);
            var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
            await stream.ReadExactlyAsync(payload, limit.Token);
            Assert.NotEqual(ResetStream, header[3]);
            if (header[3] == Data)
            {
                var status = StatusResponse.Parser.ParseFrom(payload.AsSpan(emptyMessage.Length));
                Assert.NotEqual(0UL, status.Header.MemberId);
                return;
            }
        }
    }

    private static byte[] Word(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Frame(byte type, byte flags, byte[] payload) =>
        [0, (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, 1, .. payload];
}
