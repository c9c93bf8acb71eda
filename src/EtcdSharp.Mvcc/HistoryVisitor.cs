using System.Runtime.InteropServices;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc;

/// <summary>Collects events up to a revision and up to so many bytes, never a part of a revision.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct HistoryVisitor(MvccEvents events, long lastRevision, long bytesMax) : IKeyBucketVisitor
{
    private long _revision;

    public long NextRevision { get; private set; } = lastRevision + 1;

    public bool Visit(Revision revision, bool tombstone, ReadOnlySpan<byte> value)
    {
        if (revision.Main > lastRevision)
        {
            return false;
        }

        if (revision.Main != _revision && events.Bytes >= bytesMax && events.Count > 0)
        {
            NextRevision = revision.Main;
            return false;
        }

        _revision = revision.Main;
        var stored = StoredKeyValue.Parse(value);
        if (tombstone)
        {
            events.AddDelete(revision.Main, stored.Key);
        }
        else
        {
            events.AddPutCopy(revision.Main, value, stored.KeyRange.Start, stored.KeyRange.Length);
        }

        return true;
    }
}
