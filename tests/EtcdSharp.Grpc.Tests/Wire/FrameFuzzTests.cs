using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using EtcdSharp.Grpc.Wire;
using EtcdSharp.Harness;

namespace EtcdSharp.Grpc.Tests.Wire;

/// <summary>Streams of frames, whole and damaged, cut into pieces at random: read as a model reads them in one piece.</summary>
public sealed class FrameFuzzTests(ITestOutputHelper output)
{
    private const int DefaultSeconds = 2;
    private const int BytesMax = 600;

    [Fact]
    public async Task EveryStreamIsReadAsTheModelReadsIt()
    {
        Dictionary<string, int> ends = new(StringComparer.Ordinal);
        int messages = 0;
        foreach (int seed in FuzzRun.Seeds(DefaultSeconds))
        {
            Random random = new(seed);
            string? encoding = random.Next(4) switch
            {
                0 => null,
                1 => "identity",
                _ => "gzip",
            };
            byte[] stream = Stream(random);
            List<string> expected = Model(stream, encoding);
            List<string> got = await Read(stream, encoding, random).WaitAsync(TimeSpan.FromSeconds(10));
            Assert.True(expected.SequenceEqual(got), $"seed {seed}: {Text(expected)} was read as {Text(got)}");
            messages += got.Count - 1;
            ends[got[^1]] = ends.GetValueOrDefault(got[^1]) + 1;
        }

        output.WriteLine($"{messages} messages; {string.Join(", ", ends.Select(pair => $"{pair.Key}: {pair.Value}"))}");
        Assert.True(messages > 100 && ends.Count == 3, $"{messages} messages, ends {string.Join(", ", ends.Keys)}");
    }

    private static string Text(List<string> outcomes) => string.Join(" | ", outcomes);

    private static byte[] Stream(Random random)
    {
        List<byte> stream = [];
        for (int frames = random.Next(5); frames > 0; frames--)
        {
            byte[] body = new byte[random.Next(20) == 0 ? BytesMax + random.Next(-1, 2) : random.Next(80)];
            random.NextBytes(body);
            bool compressed = random.Next(3) == 0;
            byte[] payload = compressed ? Compress(body) : body;
            byte[] header = new byte[5];
            header[0] = compressed ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(1), payload.Length);
            stream.AddRange(header);
            stream.AddRange(payload);
        }

        return random.Next(2) == 0 ? [.. stream] : RandomMessage.Damage([.. stream], random);
    }

    private static byte[] Compress(byte[] body)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return compressed.ToArray();
    }

    private static List<string> Model(ReadOnlySpan<byte> stream, string? encoding)
    {
        List<string> outcomes = [];
        while (true)
        {
            if (stream.IsEmpty)
            {
                return [.. outcomes, "end"];
            }

            uint length = stream.Length < 5 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(stream[1..]);
            if (length > BytesMax)
            {
                return [.. outcomes, nameof(StatusCode.ResourceExhausted)];
            }

            if (stream.Length < 5 + length || stream.Length < 5)
            {
                return [.. outcomes, nameof(StatusCode.Internal)];
            }

            ReadOnlySpan<byte> body = stream.Slice(5, (int)length);
            string outcome = stream[0] switch
            {
                0 => Convert.ToHexString(body),
                1 when encoding == "gzip" => Expand(body.ToArray()),
                _ => nameof(StatusCode.Internal),
            };
            outcomes.Add(outcome);
            if (outcome is nameof(StatusCode.Internal) or nameof(StatusCode.ResourceExhausted))
            {
                return outcomes;
            }

            stream = stream[(5 + (int)length)..];
        }
    }

    private static string Expand(byte[] body)
    {
        using MemoryStream expanded = new();
        try
        {
            using GZipStream gzip = new(new MemoryStream(body), CompressionMode.Decompress);
            gzip.CopyTo(expanded);
        }
        catch (InvalidDataException)
        {
            // What was too much before the damage is seen is too much.
            return expanded.Length > BytesMax ? nameof(StatusCode.ResourceExhausted) : nameof(StatusCode.Internal);
        }

        return expanded.Length > BytesMax ? nameof(StatusCode.ResourceExhausted) : Convert.ToHexString(expanded.ToArray());
    }

    private static async Task<List<string>> Read(byte[] stream, string? encoding, Random random)
    {
        Pipe pipe = new();
        FrameReader frames = new();
        frames.Start(pipe.Reader, encoding, BytesMax);
        Task writing = Write(pipe.Writer, stream, random.Next());
        List<string> outcomes = [];
        while (true)
        {
            MessageRead read = await frames.ReadAsync();
            if (read == MessageRead.Message)
            {
                outcomes.Add(Convert.ToHexString(frames.Message.ToArray()));
                continue;
            }

            outcomes.Add(read == MessageRead.End ? "end" : frames.Failure.Code.ToString());
            frames.Stop();
            await pipe.Reader.CompleteAsync();
            await writing;
            return outcomes;
        }
    }

    private static async Task Write(PipeWriter writer, byte[] stream, int seed)
    {
        Random random = new(seed);
        for (int at = 0; at < stream.Length; )
        {
            int length = Math.Min(random.Next(1, 120), stream.Length - at);
            await writer.WriteAsync(stream.AsMemory(at, length));
            at += length;
            if (random.Next(4) == 0)
            {
                await Task.Yield();
            }
        }

        await writer.CompleteAsync();
    }
}
