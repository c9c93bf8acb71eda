using System.Text;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Mvcc;
using EtcdSharp.Platform;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Server.Tests.Edge.Grpc;

public class LeaseServiceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Grants_are_answered_and_refused_with_etcds_words()
    {
        await using var served = await ServedStore.StartAsync();
        var chosen = await served.Channel.UnaryAsync(LeaseMethods.LeaseGrant, new LeaseGrantRequest { TTL = 60, ID = 5 });
        Assert.Equal((5L, 60L, 1L), (chosen.ID, chosen.TTL, chosen.Header.Revision));
        var given = await served.Channel.UnaryAsync(LeaseMethods.LeaseGrant, new LeaseGrantRequest { TTL = 1 });
        Assert.True(given.ID > 0);
        Assert.Equal(2, given.TTL);

        await Refused(
            StatusCode.FailedPrecondition,
            "etcdserver: lease already exists",
            new LeaseGrantRequest { TTL = 60, ID = 5 }
        );
        await Refused(StatusCode.OutOfRange, "etcdserver: too large lease TTL", new LeaseGrantRequest { TTL = 9_000_000_001 });
        var listed = await served.Channel.UnaryAsync(LeaseMethods.LeaseLeases, new LeaseLeasesRequest());
        Assert.Equal(new[] { 5, given.ID }.Order(), listed.Leases.Select(lease => lease.ID).Order());

        async Task Refused(StatusCode code, string message, LeaseGrantRequest request)
        {
            var refused = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
                await served.Channel.UnaryAsync(LeaseMethods.LeaseGrant, request)
            );
            Assert.Equal((code, message), (refused.Code, refused.Status.Message));
        }
    }

    [Fact]
    public async Task A_revocation_deletes_the_keys_of_the_lease_in_one_revision()
    {
        await using var served = await ServedStore.StartAsync();
        await served.Channel.UnaryAsync(LeaseMethods.LeaseGrant, new LeaseGrantRequest { TTL = 60, ID = 5 });
        served.Log.Put(5, ("b"u8.ToArray(), [1]), ("a"u8.ToArray(), [1]));
        served.Log.Put(0, ("c"u8.ToArray(), [1]));

        var revoked = await served.Channel.UnaryAsync(LeaseMethods.LeaseRevoke, new LeaseRevokeRequest { ID = 5 });
        Assert.Equal(4, revoked.Header.Revision);
        var events = new MvccEvents();
        Assert.Equal(MvccStatus.Ok, served.Store.ReadHistory(4, 4, 1000, events, out _));
        Assert.Equal(2, events.Count);
        Assert.Equal("a", Encoding.UTF8.GetString(events[0].Key));
        Assert.True(events[0].IsDelete);
        Assert.Equal("b", Encoding.UTF8.GetString(events[1].Key));

        var again = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await served.Channel.UnaryAsync(LeaseMethods.LeaseRevoke, new LeaseRevokeRequest { ID = 5 })
        );
        Assert.Equal((StatusCode.NotFound, "etcdserver: requested lease not found"), (again.Code, again.Status.Message));
    }

    [Fact]
    public async Task The_remaining_time_is_told_with_the_keys_and_minus_one_for_no_lease()
    {
        await using var served = await ServedStore.StartAsync();
        served.Lessor.Promote(TimeSpan.Zero, SystemClock.Instance.MonotonicNanoseconds);
        await served.Channel.UnaryAsync(LeaseMethods.LeaseGrant, new LeaseGrantRequest { TTL = 1000, ID = 5 });
        served.Log.Put(5, ("b"u8.ToArray(), [1]), ("a"u8.ToArray(), [1]));

        var told = await served.Channel.UnaryAsync(
            LeaseMethods.LeaseTimeToLive,
            new LeaseTimeToLiveRequest { ID = 5, Keys = true }
        );
        Assert.InRange(told.TTL, 970, 999);
        Assert.Equal((5L, 1000L, 2L), (told.ID, told.GrantedTTL, told.Header.Revision));
        Assert.Equal(["a", "b"], told.Keys.Select(key => key.ToStringUtf8()));
        var unknown = await served.Channel.UnaryAsync(LeaseMethods.LeaseTimeToLive, new LeaseTimeToLiveRequest { ID = 6 });
        Assert.Equal((6L, -1L, 0L), (unknown.ID, unknown.TTL, unknown.GrantedTTL));

        served.Lessor.Demote();
        var demoted = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await served.Channel.UnaryAsync(LeaseMethods.LeaseTimeToLive, new LeaseTimeToLiveRequest { ID = 5 })
        );
        Assert.Equal((StatusCode.Unavailable, "etcdserver: leader changed"), (demoted.Code, demoted.Status.Message));
    }

    [Fact]
    public async Task Keepalives_renew_one_after_the_other_and_zero_says_that_the_lease_is_gone()
    {
        await using var served = await ServedStore.StartAsync();
        served.Lessor.Promote(TimeSpan.Zero, SystemClock.Instance.MonotonicNanoseconds);
        await served.Channel.UnaryAsync(LeaseMethods.LeaseGrant, new LeaseGrantRequest { TTL = 1000, ID = 5 });
        using var call = served.Channel.Open(LeaseMethods.LeaseKeepAlive);
        foreach (var (id, ttl) in new[] { (5L, 1000L), (6L, 0L), (5L, 1000L) })
        {
            await call.WriteAsync(new LeaseKeepAliveRequest { ID = id });
            Assert.True(await call.MoveNextAsync().AsTask().WaitAsync(Patience));
            Assert.Equal((id, ttl, 1L), (call.Current.ID, call.Current.TTL, call.Current.Header.Revision));
        }

        await call.CompleteWritesAsync();
        Assert.False(await call.MoveNextAsync().AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_renewal_that_fails_leaves_the_lease_to_be_checkpointed()
    {
        await using var served = await ServedStore.StartAsync();
        var now = SystemClock.Instance.MonotonicNanoseconds;
        served.Lessor.Promote(TimeSpan.Zero, now);
        await served.Channel.UnaryAsync(LeaseMethods.LeaseGrant, new LeaseGrantRequest { TTL = 100_000, ID = 5 });
        served.Lessor.ApplyCheckpoint(new EtcdSharp.Replica.Lease.LeaseCheckpoint(5, 99_000), now);
        served.Log.Refusal = kind => kind == RequestKind.LeaseCheckpoint ? EtcdError.Timeout : null;
        using var call = served.Channel.Open(LeaseMethods.LeaseKeepAlive);
        await call.WriteAsync(new LeaseKeepAliveRequest { ID = 5 });
        var refused = await Assert.ThrowsAsync<GrpcStatusException>(async () => await call.MoveNextAsync());
        Assert.Equal("etcdserver: request timed out", refused.Status.Message);

        const long interval = 300_000_000_000;
        Assert.Single(served.Lessor.Tick(SystemClock.Instance.MonotonicNanoseconds + interval).Checkpoints);
    }

    [Fact]
    public async Task A_member_without_a_leader_refuses_to_renew()
    {
        await using var served = await ServedStore.StartAsync();
        served.Log.IsLeader = false;
        using var call = served.Channel.Open(LeaseMethods.LeaseKeepAlive);
        await call.WriteAsync(new LeaseKeepAliveRequest { ID = 5 });
        var refused = await Assert.ThrowsAsync<GrpcStatusException>(async () => await call.MoveNextAsync());
        Assert.Equal((StatusCode.Unavailable, "etcdserver: no leader"), (refused.Code, refused.Status.Message));
    }
}
