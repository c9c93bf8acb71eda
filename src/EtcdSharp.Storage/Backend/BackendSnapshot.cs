namespace EtcdSharp.Storage.Backend;

/// <summary>The backend file as of one commit, to be streamed to a client or a member. Keeps its pages from being reused until disposed.</summary>
internal sealed class BackendSnapshot : IDisposable
{
    public long SizeBytes => throw new NotSupportedException("to come");

    /// <summary>Copies bytes of the file at an offset; returns how many, 0 at the end.</summary>
    public int Read(long offset, Span<byte> destination) => throw new NotSupportedException("to come");

    public void WriteTo(Stream destination) => throw new NotSupportedException("to come");

    public void Dispose() => throw new NotSupportedException("to come");
}
