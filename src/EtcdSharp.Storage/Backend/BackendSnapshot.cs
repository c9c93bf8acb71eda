using System.Diagnostics;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Backend;

/// <summary>The backend file as of one commit, to be streamed to a client or a member. Keeps its pages from being reused until disposed.</summary>
internal sealed class BackendSnapshot(BoltReadTransaction transaction, BackendMetrics metrics) : IDisposable
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private bool _disposed;

    /// <summary>Called once when it is disposed.</summary>
    public Action? Ended { get; set; }

    public long SizeBytes => transaction.SizeBytes;

    /// <summary>Copies bytes of the file at an offset; fewer than asked only at the end.</summary>
    public int Read(long offset, Span<byte> destination) => transaction.ReadImage(offset, destination);

    /// <summary>Writes the whole file; returns its length.</summary>
    public long WriteTo(Stream destination) => transaction.WriteTo(destination);

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        transaction.Dispose();
        metrics.SnapshotSeconds.Record(Stopwatch.GetElapsedTime(_start).TotalSeconds);
        Ended?.Invoke();
    }
}
