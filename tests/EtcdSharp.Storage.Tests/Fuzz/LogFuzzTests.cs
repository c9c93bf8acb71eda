using EtcdSharp.Harness;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Raft;
using EtcdSharp.Storage.Backend.Migration;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Storage.Fuzz;

/// <summary>Damaged segments of real etcd's log.</summary>
public sealed class LogFuzzTests(RealFiles files, ITestOutputHelper output)
{
    [Fact]
    public void The_log() => FuzzCases.Run(files, output, ReadLog);

    [Fact]
    public void The_log_as_a_member_opens_it() => FuzzCases.Run(files, output, OpenLog);

    private bool ReadLog(Random random) =>
        IsReadable(
            random,
            disk =>
            {
                foreach (var mark in WalReading.ValidSnapshots(disk, FuzzCases.Folder).TakeLast(1))
                {
                    LogRelease.OldestReader(WalReading.ReadAll(disk, FuzzCases.Folder, mark).Entries);
                }
            }
        );

    private bool OpenLog(Random random) =>
        IsReadable(
            random,
            disk =>
            {
                var options = new WalOptions
                {
                    Clock = SystemClock.Instance,
                    SegmentBytes = 64 << 10,
                    PrepareSegmentsAhead = false,
                };
                var marks = WalReading.ValidSnapshots(disk, FuzzCases.Folder);
                var opened = WriteAheadLog.Open(disk, FuzzCases.Folder, marks.Count == 0 ? default : marks[^1], options);
                using var log = opened.Log;
                var last = opened.Contents.LastIndex;
                log.Save(
                    opened.Contents.State with
                    {
                        Commit = last + 1,
                    },
                    [new Entry(EntryType.Normal, 1000, last + 1, new byte[10])]
                );
            }
        );

    /// <summary>One segment is damaged, the others are as etcd left them.</summary>
    private bool IsReadable(Random random, Action<MemoryDisk> read)
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory(FuzzCases.Folder);
        var victim = random.Next(files.Log.Count);
        for (var i = 0; i < files.Log.Count; i++)
        {
            var (name, content) = files.Log[i];
            disk.WriteAllBytes($"{FuzzCases.Folder}/{name}", i == victim ? FileDamage.To(content, random) : content);
        }

        try
        {
            read(disk);
            return true;
        }
        catch (WalException refusal)
        {
            Assert.StartsWith(FuzzCases.Folder, refusal.Path, StringComparison.Ordinal);
            return false;
        }
        catch (InvalidDataException entry)
        {
            // The record is sound by its checksum and holds no request; only a damaged length can bring that about.
            Assert.StartsWith("entry ", entry.Message, StringComparison.Ordinal);
            return false;
        }
    }
}
