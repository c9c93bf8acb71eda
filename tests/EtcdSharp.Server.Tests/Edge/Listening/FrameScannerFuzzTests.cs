using System.Buffers;
using System.Buffers.Binary;
using EtcdSharp.Edge.Listening;
using EtcdSharp.Harness;

namespace EtcdSharp.Server.Tests.Edge.Listening;

/// <summary>HTTP/2 connections, whole and damaged, that come in pieces: pings and the youngest stream are those that one look over all of it finds.</summary>
public sealed class FrameScannerFuzzTests(ITestOutputHelper output)
{
    private const double DefaultSeconds = 1;
    private const int PrefaceBytes = 24;
    private const int HeaderBytes = 9;

    [Fact]
    public void Pings_are_counted_however_the_bytes_come()
    {
        var (pings, streams) = (0L, 0L);
        foreach (var seed in FuzzRun.Seeds(DefaultSeconds))
        {
            var random = new Random(seed);
            var bytes = Connection(random);
            var (expectedPings, expectedStream) = Model(bytes);
            var scanner = new FrameScanner();
            var found = 0;
            for (var at = 0; at < bytes.Length; )
            {
                var length = Math.Min(random.Next(1, 60), bytes.Length - at);
                found += scanner.Scan(new ReadOnlySequence<byte>(bytes, at, length));
                at += length;
            }

            Assert.Equal((seed, expectedPings, expectedStream), (seed, found, scanner.LastStream));
            pings += found;
            streams += scanner.LastStream == 0 ? 0 : 1;
        }

        output.WriteLine($"{pings} pings, {streams} connections with streams");
        Assert.True(pings > 100 && streams > 100, $"{pings} pings, {streams} connections with streams");
    }

    private static (int Pings, int LastStream) Model(ReadOnlySpan<byte> bytes)
    {
        var (pings, last) = (0, 0);
        for (var at = PrefaceBytes; at + HeaderBytes <= bytes.Length; )
        {
            var header = bytes[at..];
            var isPing = header[3] == 6 && (header[4] & 1) == 0;
            pings += isPing ? 1 : 0;
            last = header[3] == 1 ? Math.Max(last, BinaryPrimitives.ReadInt32BigEndian(header[5..]) & int.MaxValue) : last;
            at += HeaderBytes + ((header[0] << 16) | (header[1] << 8) | header[2]);
        }

        return (pings, last);
    }

    private static byte[] Connection(Random random)
    {
        List<byte> bytes = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8];
        for (var count = random.Next(12); count > 0; count--)
        {
            var payload = new byte[random.Next(random.Next(8) == 0 ? 300 : 20)];
            random.NextBytes(payload);
            bytes.AddRange([0, (byte)(payload.Length >> 8), (byte)payload.Length, (byte)random.Next(10), (byte)random.Next(4)]);
            bytes.AddRange([0, 0, (byte)random.Next(3), (byte)random.Next(256)]);
            bytes.AddRange(payload);
        }

        return random.Next(2) == 0 ? [.. bytes] : FileDamage.To([.. bytes], random);
    }
}
