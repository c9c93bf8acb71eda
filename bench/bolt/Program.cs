using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Bench.Bolt;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Storage.Bolt;

// Measures the B+tree file alone: commits of 10,000 appended values as etcd's backend makes them, random point reads,
// a full walk, deletions as compaction makes them, and opening without a stored freelist.
// Usage: bolt-bench [folder] [commits], or bolt-bench sizes [folder] for the table of docs/storage.md.
const int PutsPerCommit = 10_000;
const int ValueBytes = 300;
const int Reads = 1_000_000;

if (args is ["sizes", ..])
{
    SizeTable.Print(args.Length > 1 ? args[1] : Directory.CreateTempSubdirectory("etcdsharp-bench-").FullName);
    return 0;
}

string folder = args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory("etcdsharp-bench-").FullName;
int commits = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100;
string path = Path.Combine(folder, "db");
File.Delete(path);

foreach (bool noSync in new[] { false, true })
{
    File.Delete(path);
    using BoltFile file = BoltFile.Open(SystemDisk.Instance, path, new BoltOptions { NoSync = noSync });
    var times = new List<double>();
    long allocated = 0;
    double cpu = 0;
    for (int commit = 0; commit < commits; commit++)
    {
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        Append(file, commit);
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        cpu += (Process.GetCurrentProcess().TotalProcessorTime - cpuBefore).TotalMilliseconds;
        allocated = GC.GetAllocatedBytesForCurrentThread() - bytes;
    }

    times.Sort();
    Report(
        $"commit of {PutsPerCommit} x {ValueBytes} bytes{(noSync ? ", no sync" : "")}: median {times[times.Count / 2]:f1} ms, 95% {times[times.Count * 95 / 100]:f1} ms, CPU {cpu / commits:f1} ms, last allocated {allocated} bytes"
    );
    Report($"  file {file.SizeBytes >> 20} MB, in use {file.InUseBytes >> 20} MB");
}

using (BoltFile file = BoltFile.Open(SystemDisk.Instance, path, new BoltOptions { NoSync = true }))
{
    using (BoltReadTransaction read = file.BeginRead())
    {
        BoltBucket bucket = read.Bucket("key"u8)!;
        RandomReads(bucket, commits * PutsPerCommit, Reads / 10);
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        RandomReads(bucket, commits * PutsPerCommit, Reads);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Report(
            $"random point reads: {Reads / seconds / 1000:f0} thousand/s, allocated {GC.GetAllocatedBytesForCurrentThread() - bytes} bytes"
        );

        start = Stopwatch.GetTimestamp();
        int count = 0;
        BoltCursor cursor = bucket.Cursor();
        for (bool found = cursor.SeekFirst(); found; found = cursor.Next())
        {
            count += cursor.Value.Length > 0 ? 1 : 0;
        }

        Report($"walk over {count} keys: {count / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6:f1} million/s");
    }

    long began = Stopwatch.GetTimestamp();
    int deletions = Delete(file, commits * PutsPerCommit);
    Report(
        $"deleting every second of {deletions * 2} keys, 1000 per commit, no sync: {Stopwatch.GetElapsedTime(began).TotalMilliseconds / (deletions / 1000.0):f2} ms per commit"
    );
    began = Stopwatch.GetTimestamp();
    Append(file, commits);
    Report($"commit of {PutsPerCommit} into free pages, no sync: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:f1} ms");
    Report($"check: {file.Check().Count} findings");
}

long opening = Stopwatch.GetTimestamp();
BoltFile.Open(SystemDisk.Instance, path, new BoltOptions()).Dispose();
Report($"opening: {Stopwatch.GetElapsedTime(opening).TotalMilliseconds:f1} ms");
if (args.Length == 0)
{
    Directory.Delete(folder, recursive: true);
}

return 0;

static void Report(string line) => Console.WriteLine(line);

static void Append(BoltFile file, int commit)
{
    Span<byte> key = stackalloc byte[17];
    Span<byte> value = stackalloc byte[ValueBytes];
    key[8] = (byte)'_';
    using BoltWriteTransaction transaction = file.BeginWrite();
    BoltWriteBucket bucket = transaction.CreateBucketIfMissing("key"u8);
    bucket.FillPercent = 0.9;
    for (int i = 0; i < PutsPerCommit; i++)
    {
        BinaryPrimitives.WriteInt64BigEndian(key, ((long)commit * PutsPerCommit) + i);
        value.Fill((byte)i);
        bucket.Put(key, value);
    }

    transaction.Commit();
}

static int Delete(BoltFile file, int keys)
{
    Span<byte> key = stackalloc byte[17];
    key[8] = (byte)'_';
    int deleted = 0;
    for (int from = 0; from < keys; from += 2000)
    {
        using BoltWriteTransaction transaction = file.BeginWrite();
        BoltWriteBucket bucket = transaction.Bucket("key"u8)!;
        for (int i = from; i < from + 2000; i += 2)
        {
            BinaryPrimitives.WriteInt64BigEndian(key, i);
            deleted += bucket.Delete(key) ? 1 : 0;
        }

        transaction.Commit();
    }

    return deleted;
}

static void RandomReads(BoltBucket bucket, int keys, int reads)
{
    Span<byte> key = stackalloc byte[17];
    key[8] = (byte)'_';
    var random = new SeededRandom(1);
    for (int i = 0; i < reads; i++)
    {
        BinaryPrimitives.WriteInt64BigEndian(key, random.Next(keys));
        if (!bucket.TryGet(key, out ReadOnlySpan<byte> value) || value.Length != ValueBytes)
        {
            throw new InvalidOperationException("a key is missing");
        }
    }
}
