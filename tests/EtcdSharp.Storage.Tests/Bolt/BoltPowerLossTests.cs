using EtcdSharp.Platform.Simulated;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Tests.Bolt;

/// <summary>
/// The power goes at every step of a run of transactions: whatever part of the un-synced writes survives, the file
/// opens, is consistent, and holds the last acknowledged transaction or the one that was just being committed.
/// </summary>
public sealed class BoltPowerLossTests
{
    private const string Path = "/data/db";
    private const int Transactions = 25;
    private const int ImagesPerStep = 6;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(false, 3)]
    [InlineData(true, 4)]
    [InlineData(true, 5)]
    public void No_committed_transaction_is_lost(bool syncFreelist, int seed)
    {
        Outcome outcome = Run((ulong)seed, syncFreelist, skippedSync: null);
        Assert.Null(outcome.Failure);
        Assert.True(outcome.Images > 500, $"only {outcome.Images} images were looked at");
        Assert.True(outcome.ImagesWithLoss > 100, $"only {outcome.ImagesWithLoss} images had something to lose");
    }

    [Fact]
    public void A_disk_that_skips_the_sync_of_data_pages_is_found_out() => Assert.NotNull(FirstFailure(skippedSync: 0));

    [Fact]
    public void A_disk_that_skips_the_sync_of_the_meta_page_is_found_out() => Assert.NotNull(FirstFailure(skippedSync: 1));

    private static string? FirstFailure(int skippedSync) =>
        Enumerable
            .Range(1, 5)
            .Select(seed => Run((ulong)seed, syncFreelist: false, skippedSync).Failure)
            .FirstOrDefault(failure => failure is not null);

    /// <param name="skippedSync">Which of the two syncs of each commit (0 or 1) has no effect.</param>
    private static Outcome Run(ulong seed, bool syncFreelist, int? skippedSync)
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory("/data");
        disk.SyncDirectory("/");
        var options = new BoltOptions
        {
            SyncFreelist = syncFreelist,
            InitialMapBytes = 0,
            GrowthBytes = 16384,
            PageSize = 4096,
        };
        var run = new PowerCuts(disk, options, seed);
        int syncs = 0;
        bool committing = false;
        disk.Intercept = step =>
        {
            run.Cut();
            bool skip = committing && step.Kind == DiskOperationKind.SyncData && syncs++ % 2 == skippedSync;
            return skip ? DiskVerdict.Skip : DiskVerdict.Proceed;
        };

        var random = new SeededRandom(seed);
        var changes = new RandomTransactions(random);
        using BoltFile file = BoltFile.Open(disk, Path, options);
        run.Acknowledged = new BoltModel();
        for (int i = 0; i < Transactions && run.Failure is null; i++)
        {
            BoltModel next = run.Acknowledged.Clone();
            using BoltWriteTransaction transaction = file.BeginWrite();
            changes.Change(transaction, next);
            run.Committing = next;
            committing = true;
            transaction.Commit();
            committing = false;
            run.Acknowledged = next;
            run.Committing = null;
            run.Cut();
        }

        return new Outcome(run.Failure, run.Images, run.ImagesWithLoss);
    }

    private sealed record Outcome(string? Failure, int Images, int ImagesWithLoss);

    private sealed class PowerCuts(MemoryDisk disk, BoltOptions options, ulong seed)
    {
        /// <summary>Null until the file was opened: before that, a power loss may leave no file at all.</summary>
        public BoltModel? Acknowledged { get; set; }

        public BoltModel? Committing { get; set; }

        public string? Failure { get; private set; }

        public int Images { get; private set; }

        public int ImagesWithLoss { get; private set; }

        public void Cut()
        {
            for (int i = 0; i < ImagesPerStep && Failure is null; i++)
            {
                Images++;
                ulong imageSeed = (seed * 1_000_000) + (ulong)Images;
                ImagesWithLoss += disk.FileExists(Path) && disk.UnsyncedChanges(Path) > 0 ? 1 : 0;
                Failure = Look(disk.AfterPowerLoss(imageSeed), imageSeed);
            }
        }

        private string? Look(MemoryDisk image, ulong imageSeed)
        {
            if (Acknowledged is not null && !image.FileExists(Path))
            {
                return $"image {imageSeed}: the file is gone";
            }

            if (!image.DirectoryExists("/data"))
            {
                return null;
            }

            try
            {
                using BoltFile file = BoltFile.Open(image, Path, options);
                IReadOnlyList<BoltFinding> findings = file.Check();
                if (findings.Count > 0)
                {
                    return $"image {imageSeed}: {findings[0]}";
                }

                using BoltReadTransaction read = file.BeginRead();
                return Holds(read, Acknowledged ?? new BoltModel()) || (Committing is not null && Holds(read, Committing))
                    ? null
                    : $"image {imageSeed}: neither the state before nor the one after";
            }
            catch (BoltCorruptionException damage)
            {
                return $"image {imageSeed}: {damage.Message}";
            }
        }

        private static bool Holds(BoltReadTransaction read, BoltModel model)
        {
            try
            {
                model.AssertEqual(read, new SeededRandom(1));
                return true;
            }
            catch (Xunit.Sdk.XunitException)
            {
                return false;
            }
        }
    }
}
