using System.Buffers;
using System.Buffers.Binary;

namespace EtcdSharp.Grpc.Wire;

/// <summary>The five bytes before every gRPC message: a compression flag and the length, big-endian.</summary>
internal static class FrameHeader
{
    public const int Length = 5;

    public const byte Plain = 0;

    public const byte Compressed = 1;

    public static void Read(in ReadOnlySequence<byte> buffer, out byte flag, out uint length)
    {
        ReadOnlySpan<byte> first = buffer.FirstSpan;
        if (first.Length >= Length)
        {
            flag = first[0];
            length = BinaryPrimitives.ReadUInt32BigEndian(first[1..]);
            return;
        }

        Span<byte> header = stackalloc byte[Length];
        buffer.Slice(0, Length).CopyTo(header);
        flag = header[0];
        length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
    }

    public static void Write(IBufferWriter<byte> output, byte flag, int length)
    {
        Write(output.GetSpan(Length), flag, length);
        output.Advance(Length);
    }

    public static void Write(Span<byte> destination, byte flag, int length)
    {
        destination[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)length);
    }
}
