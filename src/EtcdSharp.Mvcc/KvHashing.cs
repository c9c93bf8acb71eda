using EtcdSharp.Mvcc.Index;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Bolt;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Mvcc;

/// <summary>What of the key bucket goes into a hash, so that members agree although compactions run at their own pace.</summary>
internal static class KvHashing
{
    /// <summary>The name of the bucket is hashed first.</summary>
    public static uint Begin() => Crc32C.Append(0, BucketNames.Of(BackendBucket.Key));

    /// <summary>
    /// Whether an entry counts in the hash of a member whose last compaction was <paramref name="compacted"/>. Up to
    /// there only what is kept counts, because the rest may or may not be deleted yet (unless nothing at all is kept;
    /// etcd has that exception); a deletion at that very revision does not count, because etcd before 3.5.16 deletes it.
    /// </summary>
    public static bool Counts(Revision revision, bool tombstone, long compacted, bool anyKept, bool isKept) =>
        (revision.Main > compacted || !anyKept || isKept) && !(revision.Main == compacted && tombstone);

    /// <summary>The hash of all entries up to a revision; what is kept is what can be read at that revision.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public static uint OfRevision(
        BoltReadTransaction read,
        KeyIndex index,
        long compacted,
        long revision,
        CancellationToken cancellationToken
    )
    {
        var crc = Begin();
        if (revision < 0)
        {
            return crc;
        }

        var anyKept = index.AnyAt(revision);
        var cursor = read.Bucket(BucketNames.Of(BackendBucket.Key))!.Cursor();
        for (var found = cursor.SeekFirst(); found; found = cursor.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var entry = Revision.Decode(cursor.Key, out var tombstone);
            if (entry.Main > revision)
            {
                break;
            }

            var isKept =
                entry.Main <= compacted
                && index.TryGet(StoredKeyValue.Parse(cursor.Value).Key, revision, out var current)
                && current.Revision == entry;
            if (Counts(entry, tombstone, compacted, anyKept, isKept))
            {
                crc = Crc32C.Append(Crc32C.Append(crc, cursor.Key), cursor.Value);
            }
        }

        return crc;
    }
}
