using EtcdSharp.Api;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Server.Tests.Logging;

namespace EtcdSharp.Server.Tests.Members;

/// <summary>What operators' alerts look for is told in etcd's words, with etcd's fields.</summary>
public sealed class MemberLogTests
{
    [Fact]
    public async Task A_snapshot_for_a_client_is_told_from_its_begin_to_its_end()
    {
        using var log = new RecordedLines();
        await using var member = await TestMember.StartAsync(configure: options => options with { Logging = log });
        using var call = member.Channel.Open(MaintenanceMethods.Snapshot);
        await call.WriteAsync(new SnapshotRequest());
        await call.CompleteWritesAsync();
        while (await call.MoveNextAsync())
        {
            Assert.NotEmpty(call.Current.Blob);
        }

        const string sending = "sending database snapshot to client";
        const string checksum = "sending database sha256 checksum to client";
        const string sent = "successfully sent database snapshot to client";
        Assert.Equal([sending, checksum, sent], log.Of(sending, checksum, sent));
        Assert.Equal(["total-bytes size storage-version"], log.FieldsOf(sending));
        Assert.Equal(["total-bytes checksum-size"], log.FieldsOf(checksum));
        Assert.Equal(["total-bytes size took storage-version"], log.FieldsOf(sent));
    }

    [Fact]
    public async Task A_defragmentation_is_told_with_what_it_freed()
    {
        using var log = new RecordedLines();
        await using var member = await TestMember.StartAsync(configure: options => options with { Logging = log });
        await member.Channel.UnaryAsync(MaintenanceMethods.Defragment, new DefragmentRequest());
        string[] order = ["starting defragment", "defragmenting", "finished defragmenting directory", "finished defragment"];
        Assert.Equal(order, log.Of(order));
        Assert.Equal(
            [
                "path current-db-size-bytes-diff current-db-size-bytes current-db-size "
                    + "current-db-size-in-use-bytes-diff current-db-size-in-use-bytes current-db-size-in-use took",
            ],
            log.FieldsOf("finished defragmenting directory")
        );
    }

    [Fact]
    public async Task The_cluster_version_is_told_when_it_is_set_and_when_it_is_found()
    {
        const string initial = "set initial cluster version";
        const string enabled = "enabled capabilities for version";
        const string found = "set cluster version from store";
        using var log = new RecordedLines();
        await using var member = await TestMember.StartAsync(configure: options => options with { Logging = log });
        await Peer.TestCluster.UntilAsync(() => log.Of(enabled).Any(), enabled);
        Assert.Equal([initial, enabled], log.Of(initial, enabled, found));
        Assert.Equal(["cluster-id local-member-id cluster-version"], log.FieldsOf(initial));
        Assert.Equal(["cluster-version"], log.FieldsOf(enabled));

        using var again = new RecordedLines();
        await using var restarted = await member.RestartAsync(options => options with { Logging = again });
        Assert.Equal([enabled, found], again.Of(initial, enabled, found));
        Assert.Equal(["cluster-version"], again.FieldsOf(found));
    }
}
