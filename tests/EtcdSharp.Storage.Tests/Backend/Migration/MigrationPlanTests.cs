using System.Text;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Raft;

namespace EtcdSharp.Storage.Backend.Migration;

public sealed class MigrationPlanTests
{
    [Theory]
    [InlineData("3.5", "3.5", null, "")]
    [InlineData("3.5", "3.6", null, "3.6")]
    [InlineData("3.5", "3.7", null, "3.6 3.7")]
    [InlineData("3.7", "3.5", null, "3.6 3.5")]
    [InlineData("3.7", "3.6", "3.6", "3.6")]
    [InlineData("3.6", "3.7", "3.8", "3.7")]
    public void There_is_a_way_a_release_at_a_time(string current, string target, string? oldestReader, string steps)
    {
        var plan = MigrationPlan.Find(Version(current), Version(target), oldestReader is null ? null : Version(oldestReader));

        Assert.Null(plan.Problem);
        Assert.Equal(steps, string.Join(' ', plan.Steps.Select(step => step.ToReleaseString())));
    }

    [Theory]
    [InlineData("3.7", "3.8", null, "cannot create migration plan: version \"3.8.0\" is not supported")]
    [InlineData("3.8", "3.7", null, "cannot create migration plan: version \"3.8.0\" is not supported")]
    [InlineData("3.5", "3.4", null, "cannot create migration plan: version \"3.5.0\" is not supported")]
    [InlineData("3.7", "4.0", null, "cannot create migration plan: changing major storage version is not supported")]
    [InlineData(
        "3.6",
        "3.5",
        "3.6",
        "cannot downgrade storage, WAL contains newer entries, as the target version (3.5.0) is lower than the version (3.6.0) detected from WAL logs"
    )]
    public void Where_there_is_none_the_reason_is_that_of_etcd(
        string current,
        string target,
        string? oldestReader,
        string problem
    )
    {
        var plan = MigrationPlan.Find(Version(current), Version(target), oldestReader is null ? null : Version(oldestReader));

        Assert.Equal(problem, plan.Problem);
        Assert.Empty(plan.Steps);
    }

    [Fact]
    public void Only_the_request_that_stands_for_a_new_one_makes_a_log_too_new()
    {
        byte[] put = [34, 3, 10, 1, 97];
        byte[] legacy = [8, 1, 18, 3, (byte)'P', (byte)'U', (byte)'T', 26, 1, (byte)'/'];

        Assert.Null(LogRelease.OldestReader([Entry([]), Entry(put), Entry(legacy)]));
        Assert.Equal(StorageVersion.V3_6, LogRelease.OldestReader([Entry(put), Entry(Test("3.4.0"))]));
        Assert.Equal(
            StorageVersion.V3_7,
            LogRelease.OldestReader([Entry(Test("3.6.0")), Entry(Test("3.7.0")), Entry(Test("3.6.0"))])
        );
        Assert.Null(LogRelease.OldestReader([new Entry(EntryType.ConfChange, 1, 1, Test("3.7.0"))]));
    }

    [Fact]
    public void An_entry_that_cannot_be_read_is_named()
    {
        Assert.Contains("entry 7 ", Assert.Throws<InvalidDataException>(() => Read([0xFF])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "'seven'",
            Assert.Throws<InvalidDataException>(() => Read(Test("seven"))).Message,
            StringComparison.Ordinal
        );

        static StorageVersion? Read(byte[] data) => LogRelease.OldestReader([new Entry(EntryType.Normal, 1, 7, data)]);
    }

    internal static byte[] Test(string version)
    {
        var text = Encoding.ASCII.GetBytes(version);
        var length = ProtoWriter.SizeOfBytesField(1, text.Length);
        var data = new byte[ProtoWriter.SizeOfBytesField(9900, length)];
        var writer = new ProtoWriter(data);
        writer.WriteBytesHeader(9900, length);
        writer.WriteBytesField(1, text);
        return data;
    }

    private static Entry Entry(byte[] data) => new(EntryType.Normal, 1, 1, data);

    private static StorageVersion Version(string text) =>
        StorageVersion.TryParse(text, out var version) ? version : throw new ArgumentException(text, nameof(text));
}
