using System.Security.Cryptography;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Api.Health;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Members;

public sealed class MemberMaintenanceTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Status_tells_all_that_etcd_tells()
    {
        await using var member = await TestMember.StartAsync();
        await member.PutAsync("a", "1");
        StatusResponse status;
        do
        {
            status = await member.Channel.UnaryAsync(MaintenanceMethods.Status, new StatusRequest());
        } while (status.StorageVersion != EtcdVersion.Server.Release.ToString());

        Assert.Equal(EtcdVersion.Server.ToString(), status.Version);
        Assert.Equal(member.Member.MemberId, status.Leader);
        Assert.True(status.DbSize >= status.DbSizeInUse && status.DbSizeInUse > 0);
        Assert.Equal(2L * 1024 * 1024 * 1024, status.DbSizeQuota);
        Assert.True(status.RaftIndex >= status.RaftAppliedIndex && status.RaftAppliedIndex > 0);
        Assert.Equal(2, status.Header.Revision);
        Assert.False(status.IsLearner || status.DowngradeInfo.Enabled);
        Assert.Empty(status.Errors);
    }

    [Fact]
    public async Task A_full_quota_raises_the_alarm_and_freed_space_ends_it()
    {
        await using var member = await TestMember.StartAsync(configure: o => o with { QuotaBackendBytes = 512 * 1024 });
        var value = new string('x', 32 * 1024);
        var refused = await TestMember.RefusalAsync(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await member.PutAsync($"k{i}", value);
                await Task.Run(member.Member.Store.Backend.ForceCommit);
            }
        });
        Assert.Equal((StatusCode.ResourceExhausted, EtcdError.NoSpace.Message), (refused.Code, refused.Message));
        var alarms = await AlarmAsync(member, AlarmRequest.Types.AlarmAction.Get);
        Assert.Equal(AlarmType.Nospace, Assert.Single(alarms.Alarms).Alarm);
        Assert.Equal(EtcdError.NoSpace.Message, (await TestMember.RefusalAsync(() => member.PutAsync("small", "v"))).Message);
        var status = await member.Channel.UnaryAsync(MaintenanceMethods.Status, new StatusRequest());
        Assert.Contains("alarm:NOSPACE", Assert.Single(status.Errors), StringComparison.Ordinal);

        var revision = (
            await member.Channel.UnaryAsync(
                KvMethods.DeleteRange,
                new DeleteRangeRequest
                {
                    Key = Google.Protobuf.ByteString.CopyFromUtf8("k"),
                    RangeEnd = Google.Protobuf.ByteString.CopyFromUtf8("l"),
                }
            )
        )
            .Header
            .Revision;
        await member.Channel.UnaryAsync(KvMethods.Compact, new CompactionRequest { Revision = revision, Physical = true });
        await member.Channel.UnaryAsync(MaintenanceMethods.Defragment, new DefragmentRequest());
        await AlarmAsync(member, AlarmRequest.Types.AlarmAction.Deactivate, member.Member.MemberId);
        await member.PutAsync("small", "v");
        Assert.Empty((await AlarmAsync(member, AlarmRequest.Types.AlarmAction.Get)).Alarms);
    }

    [Fact]
    public async Task A_snapshot_is_the_whole_store_with_its_checksum_at_the_end()
    {
        await using var member = await TestMember.StartAsync();
        await member.PutAsync("a", new string('x', 200_000));
        using var call = member.Channel.Open(MaintenanceMethods.Snapshot);
        await call.WriteAsync(new SnapshotRequest());
        await call.CompleteWritesAsync();
        var blobs = new List<byte[]>();
        ulong remaining = 0;
        while (await call.MoveNextAsync())
        {
            remaining = call.Current.RemainingBytes;
            blobs.Add(call.Current.Blob.ToByteArray());
        }

        var file = blobs.SkipLast(1).SelectMany(blob => blob).ToArray();
        Assert.Equal(0UL, remaining);
        Assert.Equal(SHA256.HashData(file), blobs[^1]);
        Assert.True(file.Length > 200_000 && file.Length % 512 == 0);
    }

    [Fact]
    public async Task Hashes_and_defragmentation_work_while_writes_go_on()
    {
        await using var member = await TestMember.StartAsync();
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await member.PutAsync($"k{i % 50}", $"{i}");
            }
        });
        await member.PutAsync("first", "1");
        var first = await member.Channel.UnaryAsync(MaintenanceMethods.HashKV, new HashKVRequest { Revision = 2 });
        for (var i = 0; i < 3; i++)
        {
            await member.Channel.UnaryAsync(MaintenanceMethods.Defragment, new DefragmentRequest());
        }

        var again = await member.Channel.UnaryAsync(MaintenanceMethods.HashKV, new HashKVRequest { Revision = 2 });
        await stop.CancelAsync();
        await writing;
        Assert.Equal((first.Hash, 2L), (again.Hash, again.HashRevision));
        Assert.NotEqual(0u, (await member.Channel.UnaryAsync(MaintenanceMethods.Hash, new HashRequest())).Hash);
    }

    [Theory]
    [InlineData("", "SERVING")]
    [InlineData("StopGRPCServiceOnDefrag=true", "NOT_SERVING")]
    [InlineData("AllAlpha=true", "NOT_SERVING", "LeaseCheckpoint=true,SetMemberLocalAddr=false")]
    public async Task While_it_defragments_the_health_of_a_member_is_what_the_feature_gate_says(
        string gates,
        string meanwhile,
        string more = ""
    )
    {
        using var copying = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var disk = new MemoryDisk();
        await using var member = await TestMember.StartAsync(
            disk,
            options => options with { FeatureGates = string.Join(',', gates, more) }
        );
        disk.Intercept = operation =>
        {
            if (operation.Path.EndsWith(".tmp.defrag", StringComparison.Ordinal) && !copying.IsSet)
            {
                copying.Set();
                Assert.True(goOn.Wait(s_patience), "nobody let the copy go on");
            }

            return DiskVerdict.Proceed;
        };
        using var watch = await member.Channel.OpenAsync(HealthMethods.Watch, new HealthCheckRequest(), default, default);
        Assert.Equal("SERVING", await NextAsync());
        var defragmenting = member.Channel.UnaryAsync(MaintenanceMethods.Defragment, new DefragmentRequest()).AsTask();
        Assert.True(copying.Wait(s_patience, TestContext.Current.CancellationToken), "the file is not copied");
        try
        {
            var health = await member.Channel.UnaryAsync(HealthMethods.Check, new HealthCheckRequest());
            Assert.Equal(meanwhile, Text(health));
            if (meanwhile != "SERVING")
            {
                Assert.Equal(meanwhile, await NextAsync());
            }

            // It is what a client is told; who asks all the same is answered.
            await member.PutAsync("a", "1");
            Assert.False(defragmenting.IsCompleted);
        }
        finally
        {
            goOn.Set();
        }

        await defragmenting.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal("SERVING", Text(await member.Channel.UnaryAsync(HealthMethods.Check, new HealthCheckRequest())));
        if (meanwhile != "SERVING")
        {
            Assert.Equal("SERVING", await NextAsync());
        }

        async Task<string> NextAsync()
        {
            Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(s_patience));
            return Text(watch.Current);
        }

        static string Text(HealthCheckResponse response) =>
            response.Status switch
            {
                HealthCheckResponse.Types.ServingStatus.Serving => "SERVING",
                HealthCheckResponse.Types.ServingStatus.NotServing => "NOT_SERVING",
                var other => other.ToString(),
            };
    }

    [Fact]
    public async Task Leadership_cannot_go_where_nobody_is()
    {
        await using var member = await TestMember.StartAsync();
        var status = await TestMember.RefusalAsync(async () =>
            await member.Channel.UnaryAsync(MaintenanceMethods.MoveLeader, new MoveLeaderRequest { TargetID = 5 })
        );
        Assert.Equal(EtcdError.BadLeaderTransferee.Message, status.Message);
    }

    [Fact]
    public async Task A_downgrade_goes_one_release_down_and_can_be_called_off()
    {
        await using var member = await TestMember.StartAsync();
        while (member.Member.Store.Cluster.View.Version is null)
        {
            await Task.Yield();
        }

        var wrong = await TestMember.RefusalAsync(() =>
            DowngradeAsync(member, DowngradeRequest.Types.DowngradeAction.Validate, "3.4.0")
        );
        var malformed = await TestMember.RefusalAsync(() =>
            DowngradeAsync(member, DowngradeRequest.Types.DowngradeAction.Validate, "x")
        );
        var none = await TestMember.RefusalAsync(() => DowngradeAsync(member, DowngradeRequest.Types.DowngradeAction.Cancel, ""));
        var enabled = await DowngradeAsync(member, DowngradeRequest.Types.DowngradeAction.Enable, "3.6.0");
        var twice = await TestMember.RefusalAsync(() =>
            DowngradeAsync(member, DowngradeRequest.Types.DowngradeAction.Enable, "3.6.0")
        );
        await DowngradeAsync(member, DowngradeRequest.Types.DowngradeAction.Cancel, "");

        Assert.Equal(EtcdError.InvalidDowngradeTargetVersion.Message, wrong.Message);
        Assert.Equal(EtcdError.WrongDowngradeVersionFormat.Message, malformed.Message);
        Assert.Equal(EtcdError.NoInflightDowngrade.Message, none.Message);
        Assert.Equal("3.7", enabled.Version);
        Assert.Equal(EtcdError.DowngradeInProcess.Message, twice.Message);
        Assert.False(member.Member.Store.Cluster.View.Downgrade.Enabled);
    }

    private static async Task<DowngradeResponse> DowngradeAsync(
        TestMember member,
        DowngradeRequest.Types.DowngradeAction action,
        string version
    ) =>
        await member.Channel.UnaryAsync(
            MaintenanceMethods.Downgrade,
            new DowngradeRequest { Action = action, Version = version }
        );

    private static async Task<AlarmResponse> AlarmAsync(
        TestMember member,
        AlarmRequest.Types.AlarmAction action,
        ulong memberId = 0
    ) =>
        await member.Channel.UnaryAsync(
            MaintenanceMethods.Alarm,
            new AlarmRequest
            {
                Action = action,
                MemberID = memberId,
                Alarm = action == AlarmRequest.Types.AlarmAction.Get ? AlarmType.None : AlarmType.Nospace,
            }
        );
}
