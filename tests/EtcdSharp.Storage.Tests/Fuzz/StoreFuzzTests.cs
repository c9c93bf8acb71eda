using EtcdSharp.Harness;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Fuzz;

/// <summary>Damaged pages of real etcd's store.</summary>
public sealed class StoreFuzzTests(RealFiles files, ITestOutputHelper output)
{
    private const string Path = FuzzCases.Folder + "/db";

    [Fact]
    public void The_store() => FuzzCases.Run(files, output, ReadStore);

    [Fact]
    public void The_store_as_a_member_opens_it() => FuzzCases.Run(files, output, OpenStore);

    private bool ReadStore(Random random)
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory(FuzzCases.Folder);
        disk.WriteAllBytes(Path, FileDamage.To(files.Store, random));
        try
        {
            using var file = BoltFile.Open(disk, Path, new BoltOptions { ReadOnly = true, InitialMapBytes = 0 });
            var isSound = file.Check().Count == 0;
            using var read = file.BeginRead();
            var buckets = read.Cursor();
            for (var found = buckets.SeekFirst(); found; found = buckets.Next())
            {
                WalkBoth(read.Bucket(buckets.Key)?.Cursor());
            }

            _ = read.Stats();
            read.WriteTo(Stream.Null);
            return isSound;
        }
        catch (BoltCorruptionException damage)
        {
            Assert.Equal(Path, damage.FilePath);
            return false;
        }
    }

    private static void WalkBoth(BoltCursor? cursor)
    {
        if (cursor is null)
        {
            return;
        }

        var length = 0L;
        for (var found = cursor.SeekFirst(); found; found = cursor.Next())
        {
            length += cursor.Value.Length;
        }

        for (var found = cursor.SeekLast(); found; found = cursor.Previous())
        {
            length -= cursor.Value.Length;
        }
    }

    private bool OpenStore(Random random)
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory(FuzzCases.Folder);
        disk.WriteAllBytes(Path, FileDamage.To(files.Store, random));
        try
        {
            using var store = BackendStore.Open(
                disk,
                Path,
                new BackendOptions
                {
                    OwnThread = false,
                    InitialMapBytes = 0,
                    CommitFailed = static _ => { },
                }
            );
            for (var bucket = BackendBucket.Meta; (int)bucket < BucketNames.Count; bucket++)
            {
                store.Put(bucket, "fuzz"u8, "value"u8);
                _ = store.List(bucket).Count;
            }

            store.Hash();
            store.Defragment();
            return true;
        }
        catch (IOException damage)
        {
            // A commit that failed lets the file take no more, and to close it says so once more.
            Assert.Contains(Path, damage.Message, StringComparison.Ordinal);
            return false;
        }
        catch (InvalidOperationException misuse) when (misuse.Message == "the key names a bucket")
        {
            // Damage has made a bucket of a value.
            return false;
        }
    }
}
