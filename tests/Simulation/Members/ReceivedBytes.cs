namespace EtcdSharp.Simulation.Members;

/// <summary>What has arrived on a connection, read in the pieces in which it was sent.</summary>
internal sealed class ReceivedBytes : Stream
{
    private readonly Queue<byte[]> _pieces = new();
    private int _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Add(byte[] piece) => _pieces.Enqueue(piece);

    public override int Read(Span<byte> buffer)
    {
        if (!_pieces.TryPeek(out var piece))
        {
            return 0;
        }

        var count = Math.Min(buffer.Length, piece.Length - _position);
        piece.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        if (_position == piece.Length)
        {
            _pieces.Dequeue();
            _position = 0;
        }

        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Read(buffer.Span));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
