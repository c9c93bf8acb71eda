using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Mvcc.Tests.Watch;

/// <summary>One key, put once per revision; what a revision holds follows from its number, so any thread may read.</summary>
internal sealed class ConcurrentHistory(long revisionsMax) : IWatchHistory
{
    private const int KeyStart = 2;

    private static readonly byte[] Value = new byte[150];

    private readonly MvccEvents _notified = new();
    private long _current = 1;
    private int _reads;

    public WatchHub? Hub { get; set; }

    public int Reads => Volatile.Read(ref _reads);

    public long CurrentRevision => Volatile.Read(ref _current);

    public long CompactedRevision => -1;

    public void Write()
    {
        var revision = _current + 1;
        Assert.True(revision < revisionsMax);
        _notified.Clear();
        Add(_notified, revision);
        Hub!.Notify(_notified);
        Volatile.Write(ref _current, revision);
    }

    public MvccStatus ReadHistory(long fromRevision, long toRevision, long bytesMax, MvccEvents events, out long nextRevision)
    {
        Interlocked.Increment(ref _reads);
        events.Clear();
        for (nextRevision = fromRevision; nextRevision <= toRevision && events.Bytes < bytesMax; nextRevision++)
        {
            Add(events, nextRevision);
        }

        return MvccStatus.Ok;
    }

    public byte[]? ReadKeyValue(ReadOnlySpan<byte> key, long revision) => null;

    private static void Add(MvccEvents events, long revision)
    {
        Span<byte> buffer = stackalloc byte[256];
        var writer = new ProtoWriter(buffer);
        writer.WriteBytesField(1, "k"u8);
        writer.WriteField(2, 2L);
        writer.WriteField(3, revision);
        writer.WriteBytesField(5, Value);
        events.AddPutCopy(revision, buffer[..writer.Position], KeyStart, 1);
    }
}
