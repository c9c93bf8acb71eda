using EtcdSharp.Mvcc;
using EtcdSharp.Mvcc.Watch;

namespace EtcdSharp.Server.Tests.Edge.Grpc;

/// <summary>Counts how often it is asked for a key-value, and can have lost them all.</summary>
internal sealed class CountingHistory(IWatchHistory history) : IWatchHistory
{
    public int Reads { get; private set; }

    public bool IsLost { get; set; }

    public long CurrentRevision => history.CurrentRevision;

    public long CompactedRevision => history.CompactedRevision;

    public MvccStatus ReadHistory(long fromRevision, long toRevision, long bytesMax, MvccEvents events, out long nextRevision) =>
        history.ReadHistory(fromRevision, toRevision, bytesMax, events, out nextRevision);

    public byte[]? ReadKeyValue(ReadOnlySpan<byte> key, long revision)
    {
        Reads++;
        return IsLost ? null : history.ReadKeyValue(key, revision);
    }
}
