using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Raft;
using EtcdSharp.Server.Tests.Members;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Node;

/// <summary>
/// The snapshot of another member is installed in steps, and the power goes at each of them: a start finds the state before
/// or the whole state after, and the state after once the log says that it was taken.
/// </summary>
public sealed class SnapshotInstallTests
{
    private const ulong Term = 5;
    private const ulong Index = 5_000;
    private const int ImagesPerStep = 8;

    private static readonly DataDirectory s_paths = new(new MemoryDisk(), TestMember.Directory);

    [Fact]
    public async Task A_power_loss_at_any_step_finds_one_state_or_the_other()
    {
        var disk = await LivedAsync();
        var (before, _) = Start(disk.AfterProcessCrash());
        var received = await ReceivedAsync();
        var (olds, news, images) = (0, 0, 0UL);
        disk.Intercept = _ =>
        {
            for (var i = 0; i < ImagesPerStep; i++)
            {
                var (applied, value) = Start(disk.AfterPowerLoss(++images));
                Assert.True(
                    (applied == before && value == "old") || (applied == Index && value == "new"),
                    $"applied {applied}, value {value}"
                );
                olds += applied == before ? 1 : 0;
                news += applied == Index ? 1 : 0;
            }

            return DiskVerdict.Proceed;
        };

        Install(disk, received);

        Assert.True(olds > 10, $"{olds} old, {news} new");
        for (var i = 0; i < ImagesPerStep; i++)
        {
            Assert.Equal((Index, "new"), Start(disk.AfterPowerLoss(++images)));
        }
    }

    /// <summary>Were the received store not durable before the log says so, a start would not find it.</summary>
    [Fact]
    public async Task A_received_store_that_is_not_synced_is_missed()
    {
        var disk = await LivedAsync();
        var received = await ReceivedAsync();
        disk.Intercept = step =>
            step.Kind == DiskOperationKind.SyncData && step.Path.EndsWith(".snap.db", StringComparison.Ordinal)
                ? DiskVerdict.Skip
                : DiskVerdict.Proceed;
        Install(disk, received);
        var missed = 0;
        for (ulong image = 1; image <= 100; image++)
        {
            try
            {
                missed += Start(disk.AfterPowerLoss(image)) == (Index, "new") ? 0 : 1;
            }
            catch (Exception refused) when (refused is IOException or BootstrapException)
            {
                missed++;
            }
        }

        Assert.NotEqual(0, missed);
    }

    /// <summary>What the receiver and the log writer do, up to where the member begins again from its files.</summary>
    private static void Install(MemoryDisk disk, byte[] received)
    {
        var directory = new SnapshotDirectory(disk, s_paths.SnapPath, NullLogger.Instance);
        var configuration = new ConfState { Voters = [1] };
        using (var file = directory.BeginDatabase(Index))
        {
            file.Write(received.AsSpan(0, received.Length / 2));
            file.Write(received.AsSpan(received.Length / 2));
            file.Complete();
        }

        var marks = WalReading.ValidSnapshots(disk, s_paths.WalPath);
        var options = new WalOptions
        {
            Clock = SystemClock.Instance,
            SegmentBytes = 64 << 10,
            PrepareSegmentsAhead = false,
        };
        using var log = WriteAheadLog.Open(disk, s_paths.WalPath, marks[^1], options).Log;
        directory.Save(new Snapshot("membership"u8.ToArray(), new SnapshotMetadata(configuration, Index, Term)));
        log.SaveSnapshot(new WalSnapshotMark(Index, Term, configuration));
        log.Append(new HardState(Term, 0, Index), []);
        log.Sync();
    }

    private static async Task<MemoryDisk> LivedAsync()
    {
        var disk = new MemoryDisk();
        await using var member = await TestMember.StartAsync(disk, o => o with { WalSegmentBytes = 64 << 10 });
        for (var i = 0; i < 20; i++)
        {
            await member.PutAsync("key", "old");
        }

        return disk;
    }

    /// <summary>The store of a member that is far ahead.</summary>
    private static async Task<byte[]> ReceivedAsync()
    {
        var disk = new MemoryDisk();
        await using (var member = await TestMember.StartAsync(disk))
        {
            await member.PutAsync("key", "new");
        }

        using (var store = BackendStore.Open(disk, s_paths.StorePath, Options()))
        {
            store.EnterWrite();
            store.SetConsistentIndex(Index, Term);
            store.ExitWrite();
            store.ForceCommit();
        }

        return disk.ReadAllBytes(s_paths.StorePath);
    }

    /// <summary>How far a start finds everything applied, and what the key was last.</summary>
    private static (ulong Applied, string Value) Start(MemoryDisk disk)
    {
        var start = new MemberBootstrap(
            disk,
            new DataDirectory(disk, TestMember.Directory),
            new WalOptions
            {
                Clock = SystemClock.Instance,
                SegmentBytes = 64 << 10,
                PrepareSegmentsAhead = false,
            },
            Options(),
            static _ => null,
            NullLogger.Instance
        ).Run(
            new BootstrapOptions
            {
                Name = "default",
                ClusterToken = "",
                InitialCluster = [("default", ["http://localhost:2380"])],
            }
        );
        using (start.Log)
        using (start.Backend)
        {
            using var reader = start.Backend.BeginRead();
            var newest = new NewestValue();
            reader.VisitKeys(default, ref newest);
            return (start.AppliedIndex, newest.Text);
        }
    }

    private static BackendOptions Options() =>
        new()
        {
            OwnThread = false,
            InitialMapBytes = 0,
            CommitFailed = static failure => throw failure,
        };

    private struct NewestValue : IKeyBucketVisitor
    {
        public string Text { get; private set; }

        public bool Visit(Revision revision, bool tombstone, ReadOnlySpan<byte> value)
        {
            Text = Api.Mvccpb.KeyValue.Parser.ParseFrom(value).Value.ToStringUtf8();
            return true;
        }
    }
}
