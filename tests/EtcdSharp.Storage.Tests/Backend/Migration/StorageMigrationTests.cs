using EtcdSharp.Harness;
using EtcdSharp.Platform;
using EtcdSharp.Raft;
using EtcdSharp.Storage.Bolt;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Storage.Backend.Migration;

public sealed class StorageMigrationTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private DataDirectory Data => new(SystemDisk.Instance, _scratch.In("data"));

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_version_goes_up_and_down_and_nothing_else_changes()
    {
        Create(term: 2, []);
        var before = MetaKeysAndValues();

        var up = Run("3.7");
        Assert.Equal((MigrationOutcome.Migrated, StorageVersion.V3_5), (up.Outcome, up.Current!.Value));
        Assert.Equal([StorageVersion.V3_6, StorageVersion.V3_7], up.Steps);
        Assert.Equal(before.Append("storageVersion=3.7.0").Order(StringComparer.Ordinal), MetaKeysAndValues());
        Assert.Equal(MigrationOutcome.UpToDate, Run("3.7").Outcome);

        Assert.Equal(MigrationOutcome.Migrated, Run("3.6").Outcome);
        Assert.Equal(before.Append("storageVersion=3.6.0").Order(StringComparer.Ordinal), MetaKeysAndValues());

        Assert.Equal(MigrationOutcome.Migrated, Run("3.5").Outcome);
        Assert.Equal(before, MetaKeysAndValues());
        Assert.Equal(MigrationOutcome.UpToDate, Run("3.5").Outcome);
    }

    [Fact]
    public void A_log_that_is_too_new_is_not_left_to_an_older_release_unless_forced()
    {
        Create(term: 2, MigrationPlanTests.Test("3.6.0"));
        Assert.Equal(MigrationOutcome.Migrated, Run("3.6").Outcome);

        var refused = Run("3.5");
        Assert.Equal(MigrationOutcome.Refused, refused.Outcome);
        Assert.StartsWith("cannot downgrade storage, WAL contains newer entries", refused.Problem, StringComparison.Ordinal);
        Assert.Contains("storageVersion=3.6.0", MetaKeysAndValues());

        Assert.Equal(MigrationOutcome.Forced, Run("3.5", force: true).Outcome);
        Assert.DoesNotContain(MetaKeysAndValues(), pair => pair.StartsWith("storageVersion", StringComparison.Ordinal));
    }

    [Fact]
    public void A_version_that_is_not_known_is_recorded_only_when_forced()
    {
        Create(term: 2, []);

        var refused = Run("3.9");
        Assert.Equal("cannot create migration plan: version \"3.8.0\" is not supported", refused.Problem);
        Assert.Equal((MigrationOutcome.Forced, refused.Problem), (Run("3.9", force: true).Outcome, refused.Problem));
        Assert.Contains("storageVersion=3.9.0", MetaKeysAndValues());
    }

    [Fact]
    public void A_store_without_a_term_does_not_tell_its_version()
    {
        Create(term: 0, []);

        var result = Run("3.6", force: true);

        Assert.Equal((MigrationOutcome.NotDetected, "missing term information"), (result.Outcome, result.Problem));
    }

    [Fact]
    public void A_directory_in_use_or_without_a_store_is_left_alone()
    {
        Assert.Throws<FileNotFoundException>(() => Run("3.6"));
        Create(term: 2, []);
        using (BackendStore.Open(SystemDisk.Instance, Data.StorePath, new BackendOptions()))
        {
            Assert.Throws<BoltLockedException>(() => Run("3.6"));
        }
    }

    private MigrationResult Run(string target, bool force = false)
    {
        Assert.True(StorageVersion.TryParse(target, out var version));
        return StorageMigration.Run(SystemDisk.Instance, Data, version, force);
    }

    private void Create(ulong term, byte[] request)
    {
        Data.Create();
        using (var backend = BackendStore.Open(SystemDisk.Instance, Data.StorePath, new BackendOptions()))
        {
            backend.SetConsistentIndex(1, term);
        }

        using var log = TestLog.Create(Data.WalPath);
        log.Save(new HardState(term, 1, 1), [new Entry(EntryType.Normal, Math.Max(term, 1), 1, request)]);
    }

    private List<string> MetaKeysAndValues()
    {
        using var store = BoltFile.Open(SystemDisk.Instance, Data.StorePath, new BoltOptions());
        Assert.Empty(store.Check());
        using var read = store.BeginRead();
        var all = new List<string>();
        var cursor = read.Bucket(BucketNames.Of(BackendBucket.Meta))!.Cursor();
        for (var found = cursor.SeekFirst(); found; found = cursor.Next())
        {
            all.Add($"{System.Text.Encoding.ASCII.GetString(cursor.Key)}={System.Text.Encoding.Latin1.GetString(cursor.Value)}");
        }

        return all;
    }
}
