using System.Buffers;
using System.Collections.Concurrent;

namespace EtcdSharp.Server.Node;

/// <summary>
/// The encoded fields of a response that follow its header, in a buffer that is used again. The header is written
/// by the service, last, because its term and ids are the member's and not the request's.
/// </summary>
internal sealed class ResponseBody : IBufferWriter<byte>, IDisposable
{
    private const int InitialBytes = 256;

    /// <summary>Larger buffers are left to the collector instead of being kept: 256 pooled of 64 KiB are 16 MiB.</summary>
    private const int KeptBytesMax = 64 * 1024;
    private const int PooledMax = 256;

    private static readonly ConcurrentQueue<ResponseBody> Pool = new();

    private byte[] _buffer = new byte[InitialBytes];

    private ResponseBody() { }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public static ResponseBody Rent() => Pool.TryDequeue(out var body) ? body : new ResponseBody();

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(Length);
    }

    /// <summary>Moves what was written from <paramref name="start"/> on by <paramref name="count"/> bytes, to write a length in front of it.</summary>
    public Span<byte> InsertAt(int start, int count)
    {
        Reserve(count);
        _buffer.AsSpan(start, Length - start).CopyTo(_buffer.AsSpan(start + count));
        Length += count;
        return _buffer.AsSpan(start, count);
    }

    /// <summary>Gives the buffer back; the object must not be touched any more.</summary>
    public void Dispose()
    {
        Length = 0;
        if (_buffer.Length <= KeptBytesMax && Pool.Count < PooledMax)
        {
            Pool.Enqueue(this);
        }
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - Length < count)
        {
            Array.Resize(ref _buffer, checked((int)Math.Max((uint)_buffer.Length * 2, (uint)(Length + count))));
        }
    }
}
