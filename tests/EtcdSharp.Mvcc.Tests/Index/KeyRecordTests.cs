using EtcdSharp.Mvcc.Index;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc.Tests.Index;

public sealed class KeyRecordTests
{
    /// <summary>Two lives: put at 2, put at 4, deleted at 6; put at 8, deleted at 10 and put again in the same revision.</summary>
    private static KeyRecord TwoLives()
    {
        var record = new KeyRecord("k"u8.ToArray(), 1);
        record.Append(KeyVersion.Put(new Revision(2, 0), 2, 1, 20));
        record.Append(KeyVersion.Put(new Revision(4, 1), 2, 2, 20));
        record.Append(KeyVersion.Tombstone(new Revision(6, 0), 2, 3));
        record.Append(KeyVersion.Put(new Revision(8, 0), 8, 1, 20));
        record.Append(KeyVersion.Tombstone(new Revision(10, 0), 8, 2));
        record.Append(KeyVersion.Put(new Revision(10, 3), 10, 1, 20));
        return record;
    }

    [Theory]
    [InlineData(1, 0, 0, 0)]
    [InlineData(2, 2, 2, 1)]
    [InlineData(3, 2, 2, 1)]
    [InlineData(4, 4, 2, 2)]
    [InlineData(5, 4, 2, 2)]
    [InlineData(6, 0, 0, 0)]
    [InlineData(7, 0, 0, 0)]
    [InlineData(8, 8, 8, 1)]
    [InlineData(9, 8, 8, 1)]
    [InlineData(10, 10, 10, 1)]
    [InlineData(99, 10, 10, 1)]
    public void A_version_is_found_by_revision(long revision, long mod, long create, long version)
    {
        var found = TwoLives().TryGetAt(revision, out var current);

        Assert.Equal(mod != 0, found);
        if (found)
        {
            Assert.Equal((mod, create, version), (current.Mod, current.Create, current.Version));
        }
    }

    [Theory]
    [InlineData(1, new long[] { 2, 4, 6, 8, 10, 10 })]
    [InlineData(2, new long[] { 2, 4, 6, 8, 10, 10 })]
    [InlineData(3, new long[] { 2, 4, 6, 8, 10, 10 })]
    [InlineData(5, new long[] { 4, 6, 8, 10, 10 })]
    [InlineData(6, new long[] { 6, 8, 10, 10 })]
    [InlineData(7, new long[] { 8, 10, 10 })]
    [InlineData(9, new long[] { 8, 10, 10 })]
    [InlineData(10, new long[] { 10 })]
    public void Compaction_keeps_what_can_still_be_read_and_a_deletion_at_its_own_revision(long revision, long[] left)
    {
        var record = TwoLives();

        Assert.True(record.Compact(revision));

        Assert.Equal(left, Enumerable.Range(0, record.VersionCount).Select(i => record.VersionAt(i).Mod));
    }

    [Fact]
    public void A_deleted_key_goes_with_the_compaction_after_its_deletion()
    {
        var record = new KeyRecord("k"u8.ToArray(), 1);
        record.Append(KeyVersion.Put(new Revision(2, 0), 2, 1, 20));
        record.Append(KeyVersion.Tombstone(new Revision(5, 0), 2, 2));

        Assert.True(record.Compact(5));
        Assert.True(record.Holds(new Revision(5, 0)));
        Assert.False(record.Holds(new Revision(2, 0)));
        Assert.False(record.Compact(6));
    }

    [Fact]
    public void A_version_that_is_not_newer_is_refused()
    {
        var record = TwoLives();

        Assert.Throws<InvalidOperationException>(() => record.Append(KeyVersion.Put(new Revision(10, 3), 10, 2, 20)));
    }
}
