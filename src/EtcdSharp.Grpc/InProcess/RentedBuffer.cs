using System.Buffers;

namespace EtcdSharp.Grpc.InProcess;

/// <summary>One message in a rented array that grows.</summary>
internal sealed class RentedBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] array = [];

    public int Length { get; private set; }

    public ReadOnlySequence<byte> Written => new(array, 0, Length);

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return array.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Room for so many bytes more, so that what is known to come is not moved on the way.</summary>
    public void Reserve(int bytes)
    {
        if (array.Length - Length >= bytes)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + bytes), Length * 2));
        array.AsSpan(0, Length).CopyTo(larger);
        Return();
        array = larger;
    }

    public void Clear() => Length = 0;

    public void Dispose()
    {
        Return();
        array = [];
        Length = 0;
    }

    private void Return()
    {
        if (array.Length != 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
