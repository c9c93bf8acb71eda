using System.Buffers;
using System.IO.Compression;

namespace EtcdSharp.Grpc.Wire;

/// <summary>gzip of single messages, as grpc-encoding: gzip asks for it.</summary>
internal static class GzipFrames
{
    public const string EncodingName = "gzip";

    private const int FirstBufferBytes = 4096;

    /// <summary>
    /// Expands one message into an array rented from the shared pool, which the caller returns. False where the result would be larger
    /// than <paramref name="bytesMax"/>; throws <see cref="InvalidDataException"/> for bytes that are no gzip.
    /// </summary>
    public static bool TryDecompress(in ReadOnlySequence<byte> compressed, int bytesMax, out byte[] rented, out int length)
    {
        rented = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        length = 0;
        using GZipStream gzip = new(new SequenceStream(compressed), CompressionMode.Decompress);
        while (true)
        {
            if (length == rented.Length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(rented.Length * 2);
                rented.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(rented);
                rented = larger;
            }

            int read = gzip.Read(rented, length, rented.Length - length);
            if (read == 0)
            {
                return true;
            }

            length += read;
            if (length > bytesMax)
            {
                ArrayPool<byte>.Shared.Return(rented);
                rented = [];
                return false;
            }
        }
    }

    /// <summary>Compresses one message, frame header included, into <paramref name="output"/>.</summary>
    public static void CompressFrame<T>(Marshaller<T> marshaller, T message, int size, IBufferWriter<byte> output)
    {
        ArrayBufferWriter<byte> plain = new(Math.Max(size, 1));
        marshaller.Encode(message, plain);
        CompressFrame(plain.WrittenSpan, output);
    }

    /// <summary>As above for a message that is encoded already.</summary>
    public static void CompressFrame(ReadOnlySpan<byte> plain, IBufferWriter<byte> output)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        ReadOnlySpan<byte> bytes = compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
        FrameHeader.Write(output, FrameHeader.Compressed, bytes.Length);
        output.Write(bytes);
    }
}
