using System.Diagnostics;
using System.Globalization;
using System.Text;
using EtcdSharp.Bench.Mvcc;
using EtcdSharp.Mvcc;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Backend;

// What the store costs without network, log and consensus, on one thread: mvcc-bench [keys]
var keyCount = args is [var given, ..] ? int.Parse(given, CultureInfo.InvariantCulture) : 1_000_000;
const int ValueBytes = 256;
var folder = Directory.CreateTempSubdirectory("mvcc-bench-").FullName;
var keys = new byte[keyCount][];
for (var i = 0; i < keyCount; i++)
{
    // 24 bytes, in an order that is not the one of insertion.
    keys[i] = Encoding.ASCII.GetBytes($"/registry/pods/{(uint)i * 2654435761U % 1_000_000_000:d9}");
}

var value = new byte[ValueBytes];
Random.Shared.NextBytes(value);
var backend = Open();
var before = GC.GetTotalMemory(forceFullCollection: true);
var store = new MvccStore(backend, new NoLeases(), new NoWatchers(), new MvccOptions());

Measure("put, new keys", keyCount, i => Put(i));
backend.ForceCommit();
var after = GC.GetTotalMemory(forceFullCollection: true);
Console.WriteLine(
    $"memory per key              {(after - before) / (double)keyCount, 10:f0} bytes (index, and the batch memory that is kept)"
);
Measure("put, overwriting", Math.Min(keyCount, 500_000), i => Put((int)(i * 7919L % keyCount)));
backend.ForceCommit();

using (var result = RangeResult.Rent())
{
    Measure("range of one key, in file", 1_000_000, i => Range(result, keys[(i * 7919L) % keyCount], [], 0));
    Measure("range of one hot key", 1_000_000, _ => Range(result, keys[0], [], 0));
    Measure("range of 1000 keys", 200, i => Range(result, keys[(i * 7919L) % keyCount], "\0"u8, 1000));
    Measure("count of all keys", 5, _ => Count(result));
}

store.Dispose();
backend.Dispose();
var start = Stopwatch.GetTimestamp();
var cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
backend = Open();
store = new MvccStore(backend, new NoLeases(), new NoWatchers(), new MvccOptions());
var restoreCpu = (Process.GetCurrentProcess().TotalProcessorTime - cpuBefore).TotalMilliseconds;
Console.WriteLine(
    $"open and restore            {Stopwatch.GetElapsedTime(start).TotalMilliseconds, 10:f0} ms, {restoreCpu:f0} ms CPU of all threads ({store.KeyCount:n0} keys, revision {store.CurrentRevision:n0})"
);
start = Stopwatch.GetTimestamp();
store.Compact(store.CurrentRevision, out var physical);
await physical;
Console.WriteLine($"compaction                  {Stopwatch.GetElapsedTime(start).TotalMilliseconds, 10:f0} ms");
start = Stopwatch.GetTimestamp();
var size = backend.SizeBytes;
backend.Defragment();
Console.WriteLine(
    $"defragmentation             {Stopwatch.GetElapsedTime(start).TotalMilliseconds, 10:f0} ms ({size:n0} to {backend.SizeBytes:n0} bytes)"
);
store.Dispose();
backend.Dispose();
Directory.Delete(folder, recursive: true);
return 0;

BackendStore Open() => BackendStore.Open(SystemDisk.Instance, Path.Combine(folder, "db"), new BackendOptions());

void Put(int i)
{
    backend.BeginEntry((ulong)store.CurrentRevision, 1);
    var write = store.BeginWrite();
    write.Put(new PutCommand { Key = keys[i], Value = value });
    write.End();
    backend.EndEntry();
}

void Range(RangeResult result, ReadOnlySpan<byte> key, ReadOnlySpan<byte> end, long limit)
{
    // An end one thousand keys on would need a search of its own; a limit does not shorten the count, so it is a range.
    if (limit > 0)
    {
        Span<byte> last = stackalloc byte[key.Length];
        key.CopyTo(last);
        last[^7] = (byte)(last[^7] + 1);
        store.Range(
            new RangeQuery
            {
                Key = key,
                RangeEnd = last,
                Limit = limit,
            },
            result
        );
    }
    else
    {
        store.Range(new RangeQuery { Key = key, RangeEnd = end }, result);
    }
}

void Count(RangeResult result) =>
    store.Range(
        new RangeQuery
        {
            Key = "\0"u8,
            RangeEnd = "\0"u8,
            CountOnly = true,
        },
        result
    );

static void Measure(string what, int count, Action<int> run)
{
    var allocated = GC.GetAllocatedBytesForCurrentThread();
    var cpu = Process.GetCurrentProcess().TotalProcessorTime;
    var begun = Stopwatch.GetTimestamp();
    for (var i = 0; i < count; i++)
    {
        run(i);
    }

    var took = Stopwatch.GetElapsedTime(begun);
    var used = Process.GetCurrentProcess().TotalProcessorTime - cpu;
    var bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)count;
    Console.WriteLine(
        $"{what, -27} {count / took.TotalSeconds, 10:n0} /s  {took.TotalMicroseconds / count, 9:f2} µs each  {used.TotalMicroseconds / count, 9:f2} µs CPU of all threads  {bytes, 8:f0} bytes allocated"
    );
}
