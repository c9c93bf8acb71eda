using System.Buffers;
using EtcdSharp.Grpc.Wire;

namespace EtcdSharp.Grpc.Client;

/// <summary>Gathers framed messages in an array that grows.</summary>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    private const int FirstBytes = 256;

    public byte[] Array { get; private set; } = [];

    public int Length { get; private set; }

    public void Clear() => Length = 0;

    public void Add<T>(Marshaller<T> marshaller, T message, bool gzip)
    {
        int size = checked((int)marshaller.Size(message));
        if (gzip && size > 0)
        {
            GzipFrames.CompressFrame(marshaller, message, size, this);
            return;
        }

        // Exactly this much is going to be written, so the array is made once, in its final size.
        Reserve(FrameHeader.Length + size);
        FrameHeader.Write(this, FrameHeader.Plain, size);
        marshaller.Encode(message, this);
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return Array.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void Reserve(int bytes)
    {
        if (Array.Length - Length >= bytes)
        {
            return;
        }

        byte[] larger = new byte[Length == 0 ? Math.Max(bytes, FirstBytes) : Math.Max(Length + bytes, Array.Length * 2)];
        Array.AsSpan(0, Length).CopyTo(larger);
        Array = larger;
    }
}
