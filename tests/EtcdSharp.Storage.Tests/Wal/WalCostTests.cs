using System.Diagnostics;
using EtcdSharp.Platform;
using EtcdSharp.Raft;

namespace EtcdSharp.Storage.Wal;

/// <summary>What a batch costs; run by hand (explicit tests), the figures depend on the machine.</summary>
public sealed class WalCostTests(ITestOutputHelper output)
{
    private const int Batches = 2000;

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public void BatchOf100EntriesOf300Bytes(bool sync)
    {
        using var scratch = new ScratchFolder();
        var options = new WalOptions { Clock = SystemClock.Instance, UnsafeNoFsync = !sync };
        using var log = WriteAheadLog.Create(SystemDisk.Instance, scratch.In("wal"), TestLog.Metadata, options);
        var batch = TestLog.Entries(1, 100, dataBytes: 300);
        var batches = sync ? Batches / 10 : Batches;
        for (var warm = 0; warm < batches; warm++)
        {
            log.Save(new HardState(1, 1, 1), batch);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        long encoding = 0;
        for (var i = 0; i < batches; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            log.Append(new HardState(1, 1, (ulong)i), batch);
            encoding += Stopwatch.GetTimestamp() - begun;
            log.Flush();
        }

        var took = Stopwatch.GetElapsedTime(started);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        output.WriteLine(
            $"sync {sync}: {took.TotalMicroseconds / batches:F1} us a batch, of which encoding and checksums "
                + $"{TimeSpan.FromTicks(encoding * TimeSpan.TicksPerSecond / Stopwatch.Frequency).TotalMicroseconds / batches:F1} us; "
                + $"{allocated / batches} bytes allocated a batch ({allocated} in all, segment cuts included)"
        );
    }

    /// <summary>Latency of synced batches over several segments, with the next segment only reserved and written with zeros.</summary>
    [Theory(Explicit = true)]
    [InlineData(false, 3, 1)]
    [InlineData(true, 3, 1)]
    [InlineData(false, 100, 1)]
    [InlineData(true, 100, 1)]
    [InlineData(false, 3, 2)]
    [InlineData(true, 3, 2)]
    [InlineData(false, 100, 2)]
    [InlineData(true, 100, 2)]
    public void SyncedBatchesOverSegments(bool zeros, int entries, int round)
    {
        using var scratch = new ScratchFolder();
        var options = new WalOptions
        {
            Clock = SystemClock.Instance,
            SegmentBytes = 16 << 20,
            WriteZerosAhead = zeros,
        };
        using var log = WriteAheadLog.Create(SystemDisk.Instance, scratch.In("wal"), TestLog.Metadata, options);
        var batch = TestLog.Entries(1, entries, dataBytes: 300);
        var half = TestLog.Entries(1, 1, dataBytes: 8 << 20);
        log.Save(new HardState(1, 1, 1), half);
        Thread.Sleep(3000);
        log.Save(new HardState(1, 1, 1), half);
        var took = new double[1500];
        for (var i = 0; i < took.Length; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            log.Save(new HardState(1, 1, (ulong)i), batch);
            took[i] = Stopwatch.GetElapsedTime(begun).TotalMicroseconds;
        }

        var sum = took.Sum();
        Array.Sort(took);
        output.WriteLine(
            $"round {round}, zeros {zeros}, {entries} entries: median {took[took.Length / 2]:F0} us, mean {sum / took.Length:F0} us, p99 {took[took.Length * 99 / 100]:F0} us"
        );
    }
}
