using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Bench.Bolt;

/// <summary>
/// What grows with the file: times of commits, reads and opening, and the bytes by which commits let it grow, for files
/// from 10 MB to 8 GB. The largest holds values of 60 kB of zeros, which are left out on the disk.
/// </summary>
internal static class SizeTable
{
    private const int SmallValueBytes = 300;
    private const int LargeValueBytes = 60_000;
    private const int Commits = 15;
    private const int PutsPerCommit = 1_000;
    private const int Reads = 200_000;

    public static void Print(string folder)
    {
        Console.WriteLine(
            "| file | values | open | commit of 1 put | commit of 1,000 puts | read | growth per commit | … with a reader held open | … into free pages |"
        );
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (
            var (megabytes, valueBytes) in new[]
            {
                (10, SmallValueBytes),
                (100, SmallValueBytes),
                (1_000, SmallValueBytes),
                (1_000, LargeValueBytes),
                (8_000, LargeValueBytes),
            }
        )
        {
            var path = Path.Combine(folder, "sizes.db");
            File.Delete(path);
            IDisk disk = valueBytes == LargeValueBytes ? new SparseDisk() : SystemDisk.Instance;
            var keys = Fill(disk, path, megabytes, valueBytes);
            Measure(disk, path, valueBytes, keys);
            File.Delete(path);
        }
    }

    private static long Fill(IDisk disk, string path, int megabytes, int valueBytes)
    {
        using var file = BoltFile.Open(disk, path, new BoltOptions { NoSync = true });
        var value = new byte[valueBytes];
        long keys = 0;
        while (file.SizeBytes < megabytes * 1_000_000L)
        {
            using var write = file.BeginWrite();
            var bucket = write.CreateBucketIfMissing("key"u8);
            bucket.FillPercent = 0.9;
            for (var bytes = 0; bytes < 3_000_000; bytes += valueBytes)
            {
                bucket.Put(Key(keys++), value);
            }

            write.Commit();
        }

        return keys;
    }

    private static void Measure(IDisk disk, string path, int valueBytes, long keys)
    {
        var started = Stopwatch.GetTimestamp();
        using var file = BoltFile.Open(disk, path, new BoltOptions());
        var open = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        var size = file.SizeBytes;
        var read = ReadMicroseconds(file, keys);
        var (one, _) = Append(file, ref keys, 1);
        var (many, growth) = Append(file, ref keys, PutsPerCommit);
        long held;
        using (file.BeginRead())
        {
            held = Overwrite(file, PutsPerCommit);
        }

        var reused = Overwrite(file, PutsPerCommit);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {size / 1_000_000} MB | {valueBytes} bytes | {open:f1} ms | {one:f1} ms | {many:f1} ms | {read:f2} µs | {growth / 1024:f0} KiB | {held / 1024} KiB | {reused / 1024} KiB |"
            )
        );
    }

    /// <summary>New keys at the end, as etcd's revisions; the median time and the mean growth.</summary>
    private static (double Milliseconds, double Growth) Append(BoltFile file, ref long keys, int puts)
    {
        var value = new byte[SmallValueBytes];
        var times = new List<double>();
        var before = file.SizeBytes;
        for (var commit = 0; commit < Commits; commit++)
        {
            var started = Stopwatch.GetTimestamp();
            using var write = file.BeginWrite();
            var bucket = write.Bucket("key"u8)!;
            bucket.FillPercent = 0.9;
            for (var i = 0; i < puts; i++)
            {
                bucket.Put(Key(keys++), value);
            }

            write.Commit();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        times.Sort();
        return (times[times.Count / 2], (file.SizeBytes - before) / (double)Commits);
    }

    /// <summary>The same keys in a bucket of their own again and again: pages become free as fast as they are taken. Growth per commit.</summary>
    private static long Overwrite(BoltFile file, int puts)
    {
        var value = new byte[SmallValueBytes];
        long before = 0;
        for (var commit = 0; commit < Commits + 2; commit++)
        {
            // The first two only bring about the state from which on it is steady.
            before = commit == 2 ? file.SizeBytes : before;
            using var write = file.BeginWrite();
            var bucket = write.CreateBucketIfMissing("over"u8);
            for (var i = 0; i < puts; i++)
            {
                bucket.Put(Key(i), value);
            }

            write.Commit();
        }

        return (file.SizeBytes - before) / Commits;
    }

    private static double ReadMicroseconds(BoltFile file, long keys)
    {
        using var read = file.BeginRead();
        var bucket = read.Bucket("key"u8)!;
        var random = new SeededRandom(1);
        long bytes = 0;
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Reads; i++)
        {
            bytes += bucket.TryGet(Key(random.Next((int)keys)), out var value) ? value.Length : 0;
        }

        var took = Stopwatch.GetElapsedTime(started).TotalMicroseconds / Reads;
        return bytes > 0 ? took : throw new InvalidOperationException("nothing was found");
    }

    private static byte[] Key(long number)
    {
        var key = new byte[17];
        BinaryPrimitives.WriteInt64BigEndian(key, number);
        key[8] = (byte)'_';
        return key;
    }
}
