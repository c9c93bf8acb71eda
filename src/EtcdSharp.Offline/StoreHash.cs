using EtcdSharp.Mvcc;
using EtcdSharp.Mvcc.Index;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Offline;

/// <summary>The hash that a running member answers to HashKV, from its file alone, which is not changed.</summary>
internal static class StoreHash
{
    /// <summary>The hash up to a revision, 0 for the newest; null and what is wrong.</summary>
    public static KvHash? TryCompute(IDisk disk, string path, long revision, TimeSpan lockTimeout, out string? problem)
    {
        using var file = StoreFile.TryOpenReadOnly(disk, path, lockTimeout, out problem);
        if (file is null)
        {
            return null;
        }

        try
        {
            using var read = file.BeginRead();
            return Compute(read, revision, out problem);
        }
        catch (Exception damage) when (damage is BoltCorruptionException or InvalidDataException)
        {
            problem = $"{path} is damaged: {damage.Message}";
            return null;
        }
    }

    private static KvHash? Compute(BoltReadTransaction read, long asked, out string? problem)
    {
        if (read.Bucket(BucketNames.Of(BackendBucket.Key)) is not { } keys)
        {
            problem = "invalid database: there is no key bucket, so this is no store of etcd";
            return null;
        }

        var index = new KeyIndex(hashSeed: 0);
        var visitor = new RestoreVisitor(index);
        var cursor = keys.Cursor();
        for (var found = cursor.SeekFirst(); found; found = cursor.Next())
        {
            var revision = Revision.Decode(cursor.Key, out var tombstone);
            visitor.Visit(revision, tombstone, cursor.Value);
        }

        visitor.Finish(new NoLeases());

        // A compaction that was asked for and not finished counts: the member would do it as it starts.
        var compaction = Math.Max(
            MetaRevision(read, MetaKeys.FinishedCompaction),
            MetaRevision(read, MetaKeys.ScheduledCompaction)
        );
        var newest = Math.Max(Math.Max(1, visitor.LastRevision), compaction);
        var compacted = compaction == 0 ? -1 : compaction;
        problem =
            asked > newest ? "mvcc: required revision is a future revision"
            : asked > 0 && asked < compacted ? "mvcc: required revision has been compacted"
            : null;
        if (problem is not null)
        {
            return null;
        }

        var upTo = asked <= 0 ? newest : asked;
        return new KvHash(KvHashing.OfRevision(read, index, compacted, upTo, CancellationToken.None), compacted, upTo);
    }

    private static long MetaRevision(BoltReadTransaction read, ReadOnlySpan<byte> key) =>
        read.Bucket(BucketNames.Of(BackendBucket.Meta)) is { } meta && meta.TryGet(key, out var value)
            ? Revision.Decode(value, out _).Main
            : 0;

    /// <summary>The hash is over keys alone, so whether their leases exist does not matter.</summary>
    private sealed class NoLeases : ILeaseAttachments
    {
        public long LeaseOf(ReadOnlySpan<byte> key) => 0;

        public bool Attach(long lease, ReadOnlySpan<byte> key) => false;

        public void Detach(long lease, ReadOnlySpan<byte> key) =>
            throw new InvalidOperationException("nothing is detached while an index is built");
    }
}
