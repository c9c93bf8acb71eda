using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform;
using EtcdSharp.Server.Tests.Peer;
using Google.Protobuf;

namespace EtcdSharp.Server.Tests.Corruption;

/// <summary>One of three members whose store file had a value changed while it was stopped.</summary>
public sealed class CorruptedMemberTests
{
    private const string StorePath = "/member/member/snap/db";

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task The_leader_finds_it_and_nobody_changes_data_until_the_alarm_is_disarmed()
    {
        await using var cluster = await TestCluster.StartAsync(3, options => options with { CorruptCheckTime = s_interval });
        await cluster.PutAsync(cluster.Leader(), "key", "original");
        var damaged = await DamageAsync(cluster, cluster.Follower());
        await cluster.StartMemberAsync(damaged);

        var damagedId = cluster.Members[damaged].MemberId;
        foreach (var member in cluster.Members.Values)
        {
            await TestCluster.UntilAsync(() => member.Store.Alarms.AnyActive, "the alarm is raised at every member");
            var alarm = Assert.Single(member.Store.Alarms.List(AlarmType.None));
            Assert.Equal((damagedId, AlarmType.Corrupt), (alarm.MemberID, alarm.Alarm));
        }

        foreach (var name in cluster.Channels.Keys)
        {
            var refusal = await Assert.ThrowsAsync<GrpcStatusException>(() => cluster.PutAsync(name, "key", "new"));
            Assert.Equal(EtcdError.Corrupt.Message, refusal.Status.Message);
            Assert.Contains("original", await cluster.GetAsync(cluster.Leader(), "key"), StringComparison.Ordinal);
        }

        // It goes, is taken out of the check, and the cluster can be written to again.
        await cluster.StopMemberAsync(damaged);
        var leader = cluster.Leader();
        await cluster
            .Channels[leader]
            .UnaryAsync(
                MaintenanceMethods.Alarm,
                new AlarmRequest
                {
                    Action = AlarmRequest.Types.AlarmAction.Deactivate,
                    MemberID = damagedId,
                    Alarm = AlarmType.Corrupt,
                }
            );
        await cluster.PutAsync(leader, "key", "new");
    }

    [Fact]
    public async Task A_compaction_gives_it_away()
    {
        await using var cluster = await TestCluster.StartAsync(
            3,
            options => options with { FeatureGates = "CompactHashCheck=true", CompactHashCheckTime = s_interval }
        );
        await cluster.PutAsync(cluster.Leader(), "key", "original");
        var damaged = await DamageAsync(cluster, cluster.Follower());
        await cluster.StartMemberAsync(damaged);
        for (var i = 0; i < 5; i++)
        {
            await cluster.PutAsync(cluster.Leader(), $"other-{i}", "value");
        }

        Assert.All(cluster.Members.Values, member => Assert.False(member.Store.Alarms.AnyActive));
        await cluster
            .Channels[cluster.Leader()]
            .UnaryAsync(KvMethods.Compact, new CompactionRequest { Revision = 5, Physical = true });

        await TestCluster.UntilAsync(
            () => cluster.Members.Values.All(member => member.Store.Alarms.AnyActive),
            "the alarm is raised at every member"
        );
        var alarm = Assert.Single(cluster.Members[damaged].Store.Alarms.List(AlarmType.Corrupt));
        Assert.Equal(cluster.Members[damaged].MemberId, alarm.MemberID);
    }

    [Fact]
    public async Task It_does_not_start_when_it_compares_itself_first_and_a_sound_one_does()
    {
        await using var cluster = await TestCluster.StartAsync(
            3,
            options => options with { FeatureGates = "InitialCorruptCheck=true" }
        );
        await cluster.PutAsync(cluster.Leader(), "key", "original");
        var sound = cluster.Follower();
        await cluster.StopMemberAsync(sound);
        await cluster.StartMemberAsync(sound);

        var id = cluster.Members[sound].MemberId;
        var damaged = await DamageAsync(cluster, sound);
        var refusal = await Assert.ThrowsAsync<BootstrapException>(() => cluster.StartMemberAsync(damaged));

        Assert.Equal($"{id:x} found data inconsistency with peers", refusal.Message);
        await cluster.PutAsync(cluster.Leader(), "key", "the others go on");
    }

    [Fact]
    public async Task Equal_members_are_found_equal_while_they_are_written_to_and_compacted()
    {
        await using var cluster = await TestCluster.StartAsync(
            3,
            options =>
                options with
                {
                    CorruptCheckTime = TimeSpan.FromMilliseconds(20),
                    FeatureGates = "CompactHashCheck=true",
                    CompactHashCheckTime = TimeSpan.FromMilliseconds(20),
                }
        );
        for (var i = 0; i < 300; i++)
        {
            await cluster.PutAnywhereAsync($"key-{i % 20}", $"{i}");
            if (i % 50 == 49)
            {
                var leader = cluster.Leader();
                var revision = cluster.Members[leader].Store.Kv.CurrentRevision;
                await cluster.Channels[leader].UnaryAsync(KvMethods.Compact, new CompactionRequest { Revision = revision - 10 });
            }
        }

        Assert.Single(await cluster.HashesAsync());
        Assert.All(cluster.Members.Values, member => Assert.False(member.Store.Alarms.AnyActive));
    }

    /// <summary>Stops a member and changes one letter of a value in its store: pages have no checksum that would tell.</summary>
    private static async Task<string> DamageAsync(TestCluster cluster, string name)
    {
        var member = cluster.Members[name];
        await TestCluster.UntilAsync(() => member.Store.Kv.CurrentRevision >= 2, "the member has applied the write");
        await cluster.StopMemberAsync(name);
        using var file = cluster.DiskOf(name).Open(StorePath, DiskOpen.WriteExisting);
        var content = new byte[file.Length];
        Assert.Equal(content.Length, file.ReadAt(0, content));
        var found = 0;
        for (var at = content.AsSpan().IndexOf("original"u8); at >= 0; found++)
        {
            file.WriteAt(at, "0riginal"u8);
            content[at] = (byte)'0';
            at = content.AsSpan().IndexOf("original"u8);
        }

        Assert.True(found > 0, "the value is not in the store file");
        return name;
    }
}
