using System.Buffers.Binary;
using System.Diagnostics;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Backend;

/// <summary>The backend file as of one commit, to be streamed to a client or a member. Keeps its pages from being reused until disposed.</summary>
internal sealed class BackendSnapshot(BoltReadTransaction transaction, BackendMetrics metrics) : IBackendContents, IDisposable
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private bool _disposed;

    /// <summary>Called once when it is disposed.</summary>
    public Action? Ended { get; set; }

    public long SizeBytes => transaction.SizeBytes;

    /// <summary>Index and term of the last log entry whose changes the file holds; 0 for none.</summary>
    public ulong ConsistentIndex => ReadNumber(MetaKeys.ConsistentIndex);

    public ulong ConsistentTerm => ReadNumber(MetaKeys.Term);

    public byte[]? Get(BackendBucket bucket, ReadOnlySpan<byte> key) =>
        transaction.Bucket(BucketNames.Of(bucket)) is { } found && found.TryGet(key, out var value) ? value.ToArray() : null;

    public IReadOnlyList<KeyValuePair<byte[], byte[]>> List(BackendBucket bucket)
    {
        var pairs = new List<KeyValuePair<byte[], byte[]>>();
        if (transaction.Bucket(BucketNames.Of(bucket)) is not { } found)
        {
            return pairs;
        }

        var cursor = found.Cursor();
        for (var more = cursor.SeekFirst(); more; more = cursor.Next())
        {
            pairs.Add(new(cursor.Key.ToArray(), cursor.Value.ToArray()));
        }

        return pairs;
    }

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

    private ulong ReadNumber(ReadOnlySpan<byte> key) =>
        Get(BackendBucket.Meta, key) is { Length: sizeof(ulong) } value ? BinaryPrimitives.ReadUInt64BigEndian(value) : 0;
}
