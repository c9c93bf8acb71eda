using System.Buffers.Binary;
using Google.Protobuf;

namespace EtcdSharp.Harness;

/// <summary>The five bytes before each message on a gRPC stream: a compression flag and a big-endian length.</summary>
public static class GrpcFrame
{
    public const int PrefixLength = 5;

    public static byte[] Of(IMessage message) => Of(message.ToByteArray());

    public static byte[] Of(ReadOnlySpan<byte> payload)
    {
        var frame = new byte[PrefixLength + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)payload.Length);
        payload.CopyTo(frame.AsSpan(PrefixLength));
        return frame;
    }

    /// <summary>The next message of the stream, or null at its orderly end.</summary>
    public static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var prefix = new byte[PrefixLength];
        var got = await stream.ReadAtLeastAsync(prefix, PrefixLength, throwOnEndOfStream: false, cancellation);
        if (got == 0)
        {
            return null;
        }
        if (got < PrefixLength || prefix[0] != 0)
        {
            throw new InvalidDataException($"a gRPC frame starts with {Convert.ToHexString(prefix.AsSpan(0, got))}");
        }
        var payload = new byte[checked((int)BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1)))];
        await stream.ReadExactlyAsync(payload, cancellation);
        return payload;
    }
}
