using System.Buffers;
using EtcdSharp.Edge.Listening;

namespace EtcdSharp.Grpc.Tests.Listening;

public sealed class FrameScannerTests
{
    [Fact]
    public void PingsAreCountedHoweverTheBytesAreCut()
    {
        byte[] input = Conversation(out int expected, out int lastStream);
        Random random = new(1);
        for (int round = 0; round < 2000; round++)
        {
            FrameScanner scanner = new();
            int pings = 0;
            for (int at = 0; at < input.Length; )
            {
                int length = Math.Min(random.Next(1, 40), input.Length - at);
                pings += scanner.Scan(new ReadOnlySequence<byte>(input, at, length));
                at += length;
            }

            Assert.Equal(expected, pings);
            Assert.Equal(lastStream, scanner.LastStream);
        }
    }

    private static byte[] Conversation(out int pings, out int lastStream)
    {
        List<byte> bytes = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8];
        Random random = new(2);
        pings = 0;
        lastStream = 0;
        for (int i = 0; i < 100; i++)
        {
            // Payloads full of sixes look like pings to whoever loses his place.
            int kind = random.Next(4);
            (byte type, byte flags, int stream, int length) = kind switch
            {
                0 => ((byte)6, (byte)0, 0, 8),
                1 => ((byte)6, (byte)1, 0, 8),
                2 => ((byte)1, (byte)4, (2 * i) + 1, random.Next(50)),
                _ => ((byte)0, (byte)0, 1, random.Next(300)),
            };
            pings += kind == 0 ? 1 : 0;
            lastStream = kind == 2 ? stream : lastStream;
            bytes.AddRange([(byte)(length >> 16), (byte)(length >> 8), (byte)length, type, flags]);
            bytes.AddRange([0, 0, (byte)(stream >> 8), (byte)stream]);
            bytes.AddRange(Enumerable.Repeat((byte)6, length));
        }

        return [.. bytes];
    }
}
