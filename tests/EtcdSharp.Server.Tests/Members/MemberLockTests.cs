using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Api.V3Electionpb;
using EtcdSharp.Api.V3Lockpb;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Contract;
using Google.Protobuf;

namespace EtcdSharp.Server.Tests.Members;

public sealed class MemberLockTests
{
    private static readonly ByteString s_name = ByteString.CopyFromUtf8("door");

    /// <summary>Well below the time that a stopping member gives its unary calls to finish.</summary>
    private static readonly TimeSpan s_promptly = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task A_member_that_stops_does_not_wait_for_those_who_wait()
    {
        var member = await TestMember.StartAsync(configure: o => o with { Drain = TimeSpan.FromMinutes(1) });
        await member.Channel.UnaryAsync(LockMethods.Lock, new LockRequest { Name = s_name });
        var locking = member.Channel.UnaryAsync(LockMethods.Lock, new LockRequest { Name = s_name }).AsTask();
        await WaitForKeysAsync(member, 2);
        var campaigning = member.Channel.UnaryAsync(ElectionMethods.Campaign, new CampaignRequest { Name = s_name }).AsTask();
        await WaitForKeysAsync(member, 3);
        using var observing = member.Channel.Open(ElectionMethods.Observe);
        await observing.WriteAsync(new LeaderRequest { Name = ByteString.CopyFromUtf8("nobody") });
        await observing.CompleteWritesAsync();

        await member.Member.StopAsync().WaitAsync(s_promptly);

        foreach (var waiting in new Task[] { locking, campaigning, observing.MoveNextAsync().AsTask() })
        {
            var status = await TestMember.RefusalAsync(() => waiting);
            Assert.Equal((StatusCode.Unavailable, EtcdError.Stopped.Message), (status.Code, status.Message));
        }

        member = await member.RestartAsync();
        await using var _ = member;
        Assert.Single((await member.AllAsync()).Kvs);
    }

    [Fact]
    public async Task A_deadline_takes_the_waiter_out_of_the_queue()
    {
        await using var member = await TestMember.StartAsync();
        await member.Channel.UnaryAsync(LockMethods.Lock, new LockRequest { Name = s_name });
        var status = await TestMember.RefusalAsync(async () =>
            await member.Channel.UnaryAsync(
                LockMethods.Lock,
                new LockRequest { Name = s_name },
                new GrpcCallOptions { Timeout = TimeSpan.FromMilliseconds(300) },
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(StatusCode.DeadlineExceeded, status.Code);
        await WaitForKeysAsync(member, 1);
    }

    private static async Task WaitForKeysAsync(TestMember member, int count)
    {
        var limit = DateTime.UtcNow + TimeSpan.FromSeconds(10);
        while ((await member.AllAsync()).Kvs.Count != count)
        {
            Assert.True(DateTime.UtcNow < limit, $"there never were {count} keys");
            await Task.Delay(10);
        }
    }
}
