using System.Text;
using EtcdSharp.Replica.Lease;

namespace EtcdSharp.Server.Tests.Lease;

public class LessorTests
{
    private const long Second = 1_000_000_000;

    private readonly FakeLeaseBucket _bucket = new();

    [Theory]
    [InlineData(10, 100, 2)]
    [InlineData(10, 500, 8)]
    [InlineData(50, 100, 8)]
    [InlineData(3, 100, 1)]
    public void Minimum_time_to_live_is_one_and_a_half_elections_rounded_up(int electionTicks, int heartbeatMs, long seconds)
    {
        Assert.Equal(seconds, LessorOptions.MinimumTtlSecondsFor(electionTicks, TimeSpan.FromMilliseconds(heartbeatMs)));
    }

    [Fact]
    public void Grants_are_checked()
    {
        var lessor = Open();

        Assert.Equal(new LeaseGrant(LeaseStatus.Done, 7, 60), lessor.Grant(7, 60, 0));
        Assert.Equal(LeaseStatus.AlreadyExists, lessor.Grant(7, 60, 0).Status);
        Assert.Equal(LeaseStatus.NotFound, lessor.Grant(0, 60, 0).Status);
        Assert.Equal(LeaseStatus.Done, lessor.Grant(8, 9_000_000_000, 0).Status);
        Assert.Equal(LeaseStatus.TtlTooLarge, lessor.Grant(9, 9_000_000_001, 0).Status);
        Assert.Equal(new LeaseGrant(LeaseStatus.Done, 10, 5), lessor.Grant(10, -3, 0));
        Assert.Equal(3, lessor.Count);
    }

    [Fact]
    public void The_longest_lease_never_overflows_the_clock()
    {
        var lessor = Open();
        lessor.Promote(TimeSpan.FromSeconds(1), long.MaxValue / 2);
        lessor.Grant(1, Lessor.TtlSecondsMax, long.MaxValue / 2);

        Assert.Empty(lessor.Tick(long.MaxValue - 2).Expired);
        Assert.False(lessor.Describe(1, false, long.MaxValue / 2)!.IsDemoted);
    }

    [Fact]
    public void Only_the_primary_lets_leases_expire_at_their_time_and_again_until_they_are_revoked()
    {
        var lessor = Open();
        lessor.Grant(1, 10, 0);
        Assert.Empty(lessor.Tick(1000 * Second).Expired);

        lessor.Promote(TimeSpan.FromSeconds(1), 1000 * Second);
        Assert.Empty(lessor.Tick((1011 * Second) - 1).Expired);
        Assert.Equal([1], lessor.Tick(1011 * Second).Expired);
        Assert.Empty(lessor.Tick((1014 * Second) - 1).Expired);
        Assert.Equal([1], lessor.Tick(1014 * Second).Expired);

        lessor.Demote();
        Assert.Empty(lessor.Tick(5000 * Second).Expired);
        lessor.Promote(TimeSpan.Zero, 5000 * Second);
        Assert.Equal(LeaseStatus.Done, lessor.Revoke(1));
        Assert.Equal(LeaseStatus.NotFound, lessor.Revoke(1));
        Assert.Empty(lessor.Tick(9000 * Second).Expired);
    }

    [Fact]
    public void Half_a_seconds_share_of_the_rate_is_handed_out_per_tick()
    {
        var lessor = Open();
        lessor.Promote(TimeSpan.Zero, 0);
        for (var id = 1; id <= 1200; id++)
        {
            lessor.Grant(id, 10, 0);
        }

        Assert.Equal(Enumerable.Range(1, 500).Select(id => (long)id), lessor.Tick(10 * Second).Expired);
        Assert.Equal(500, lessor.Tick(10 * Second).Expired.Count);
        Assert.Equal(200, lessor.Tick(10 * Second).Expired.Count);
    }

    [Fact]
    public void A_renewal_starts_the_clock_over()
    {
        var lessor = Open();
        lessor.Grant(1, 10, 0);
        Assert.Equal(LeaseRenewalStep.NotPrimary, lessor.BeginRenewal(1, 0).Step);
        lessor.Promote(TimeSpan.Zero, 0);

        Assert.Equal(LeaseRenewalStep.NotFound, lessor.BeginRenewal(2, 0).Step);
        Assert.Equal(LeaseRenewalStep.Ready, lessor.BeginRenewal(1, 9 * Second).Step);
        Assert.Equal(new LeaseGrant(LeaseStatus.Done, 1, 10), lessor.FinishRenewal(1, 9 * Second));
        Assert.Empty(lessor.Tick((19 * Second) - 1).Expired);
        Assert.Equal([1], lessor.Tick(19 * Second).Expired);
        Assert.Equal(TimeSpan.FromSeconds(-1.5), lessor.Describe(1, false, (20 * Second) + (Second / 2))!.Remaining);
    }

    [Fact]
    public void A_renewal_of_an_expired_lease_waits_for_its_end()
    {
        var lessor = Open();
        lessor.Promote(TimeSpan.Zero, 0);
        lessor.Grant(1, 10, 0);
        lessor.Grant(2, 10, 0);

        var revoked = lessor.BeginRenewal(1, 10 * Second);
        var demoted = lessor.BeginRenewal(2, 10 * Second);
        Assert.Equal(LeaseRenewalStep.AwaitEnd, revoked.Step);
        Assert.False(revoked.WhenEnded!.IsCompleted);

        lessor.Revoke(1);
        Assert.True(revoked.WhenEnded!.IsCompletedSuccessfully);
        Assert.False(demoted.WhenEnded!.IsCompleted);
        Assert.Equal(LeaseRenewalStep.NotFound, lessor.BeginRenewal(1, 10 * Second).Step);

        lessor.Demote();
        Assert.True(demoted.WhenEnded!.IsCompletedSuccessfully);
        Assert.Equal(LeaseRenewalStep.NotPrimary, lessor.BeginRenewal(2, 10 * Second).Step);
        Assert.Equal(LeaseStatus.NotPrimary, lessor.FinishRenewal(2, 10 * Second).Status);
    }

    [Fact]
    public void A_key_hangs_on_one_lease_and_goes_with_it_in_order()
    {
        var lessor = Open();
        lessor.Grant(1, 10, 0);
        lessor.Grant(2, 10, 0);
        Assert.False(lessor.Attach(3, Key("a")));
        foreach (var key in new[] { "b", "ab", "a", "\u00ff", "c" })
        {
            Assert.True(lessor.Attach(1, Key(key)));
        }

        Assert.True(lessor.Attach(2, Key("b")));
        lessor.Detach(1, Key("c"));
        lessor.Detach(2, Key("a"));

        Assert.Equal(2, lessor.LeaseOf(Key("b")));
        Assert.Equal(1, lessor.LeaseOf(Key("a")));
        Assert.Equal(Lessor.NoLease, lessor.LeaseOf(Key("c")));
        Assert.Equal(["a", "ab", "\u00ff"], lessor.KeysToRevoke(1)!.Select(Encoding.UTF8.GetString));
        Assert.Equal(["b"], lessor.Describe(2, true, 0)!.Keys.Select(Encoding.UTF8.GetString));
        Assert.Null(lessor.KeysToRevoke(3));

        lessor.Revoke(1);
        Assert.Equal(Lessor.NoLease, lessor.LeaseOf(Key("a")));
    }

    [Fact]
    public void Leases_outlive_the_process_with_what_remains_of_them()
    {
        var lessor = Open(persisted: true);
        lessor.Grant(1, 1000, 0);
        lessor.Grant(-2, 3000, 0);
        lessor.Grant(3, 10, 0);
        lessor.Revoke(3);
        lessor.ApplyCheckpoint(new LeaseCheckpoint(1, 400), 0);
        lessor.ApplyCheckpoint(new LeaseCheckpoint(99, 400), 0);

        var reopened = Open(persisted: true);
        Assert.Equal(2, reopened.Count);
        Assert.True(reopened.Describe(1, false, 0)!.IsDemoted);
        reopened.Promote(TimeSpan.FromSeconds(1), 0);
        Assert.Equal(TimeSpan.FromSeconds(401), reopened.Describe(1, false, 0)!.Remaining);
        Assert.Equal(1000, reopened.Describe(1, false, 0)!.GrantedTtlSeconds);
        Assert.Equal(TimeSpan.FromSeconds(3001), reopened.Describe(-2, false, 0)!.Remaining);
        Assert.Equal([1, -2], reopened.ListIds());
    }

    [Fact]
    public void Checkpoints_are_stored_only_when_the_cluster_says_so()
    {
        var lessor = Open();
        lessor.Grant(1, 1000, 0);
        var writes = _bucket.Writes;
        lessor.ApplyCheckpoint(new LeaseCheckpoint(1, 400), 0);
        Assert.Equal(writes, _bucket.Writes);

        lessor.CheckpointsPersisted = true;
        lessor.ApplyCheckpoint(new LeaseCheckpoint(1, 300), 0);
        Assert.Equal(writes + 1, _bucket.Writes);
    }

    [Fact]
    public void Long_leases_are_checkpointed_every_interval_and_cleared_by_a_renewal()
    {
        var lessor = Open(checkpoints: true);
        lessor.Promote(TimeSpan.Zero, 0);
        lessor.Grant(1, 1000, 0);
        lessor.Grant(2, 300, 0);

        Assert.Empty(lessor.Tick((300 * Second) - 1).Checkpoints);
        Assert.Equal([new LeaseCheckpoint(1, 700)], lessor.Tick(300 * Second).Checkpoints);
        Assert.Empty(lessor.Tick(900 * Second).Checkpoints);
        lessor.ApplyCheckpoint(new LeaseCheckpoint(1, 700), 301 * Second);
        Assert.Equal([new LeaseCheckpoint(1, 399)], lessor.Tick(601 * Second).Checkpoints);

        Assert.Equal(LeaseRenewalStep.ClearCheckpoint, lessor.BeginRenewal(1, 601 * Second).Step);
        lessor.ApplyCheckpoint(new LeaseCheckpoint(1, 0), 601 * Second);
        Assert.Equal(LeaseRenewalStep.Ready, lessor.BeginRenewal(1, 601 * Second).Step);
    }

    [Fact]
    public void No_remaining_time_gets_in_between_while_a_renewal_clears_one()
    {
        var lessor = Open(checkpoints: true);
        lessor.Promote(TimeSpan.Zero, 0);
        lessor.Grant(1, 1000, 0);
        Assert.Single(lessor.Tick(300 * Second).Checkpoints);

        // It is under way: who is promised the whole time now must have it cleared first, behind it in the log.
        Assert.Equal(LeaseRenewalStep.ClearCheckpoint, lessor.BeginRenewal(1, 301 * Second).Step);
        lessor.ApplyCheckpoint(new LeaseCheckpoint(1, 700), 301 * Second);
        Assert.Empty(lessor.Tick(700 * Second).Checkpoints);
        lessor.ApplyCheckpoint(new LeaseCheckpoint(1, 0), 701 * Second);
        lessor.FinishRenewal(1, 701 * Second);
        Assert.Equal(TimeSpan.FromSeconds(1000), lessor.Describe(1, withKeys: false, 701 * Second)!.Remaining);
    }

    [Fact]
    public void A_renewal_that_could_not_clear_the_remaining_time_leaves_the_lease_to_be_checkpointed()
    {
        var lessor = Open(checkpoints: true);
        lessor.Promote(TimeSpan.Zero, 0);
        lessor.Grant(1, 2000, 0);
        Assert.Single(lessor.Tick(300 * Second).Checkpoints);
        lessor.ApplyCheckpoint(new LeaseCheckpoint(1, 1700), 300 * Second);

        // Two at once: as long as one of them is under way no other time is proposed, also when the other has failed.
        var first = lessor.BeginRenewal(1, 301 * Second);
        var second = lessor.BeginRenewal(1, 301 * Second);
        lessor.EndRenewal(first, 302 * Second);
        Assert.Empty(lessor.Tick(700 * Second).Checkpoints);
        lessor.EndRenewal(second, 701 * Second);
        Assert.Empty(lessor.Tick((1001 * Second) - 1).Checkpoints);
        Assert.Equal([new LeaseCheckpoint(1, 999)], lessor.Tick(1001 * Second).Checkpoints);
    }

    [Fact]
    public void A_renewal_that_ends_late_leaves_a_lease_of_the_same_id_alone()
    {
        var lessor = Open(checkpoints: true);
        lessor.Promote(TimeSpan.Zero, 0);
        lessor.Grant(1, 2000, 0);
        lessor.ApplyCheckpoint(new LeaseCheckpoint(1, 1700), 0);
        var late = lessor.BeginRenewal(1, Second);
        lessor.Revoke(1);
        lessor.Grant(1, 2000, Second);
        lessor.ApplyCheckpoint(new LeaseCheckpoint(1, 1700), Second);
        var renewal = lessor.BeginRenewal(1, 2 * Second);
        lessor.EndRenewal(late, 2 * Second);
        Assert.Empty(lessor.Tick(400 * Second).Checkpoints);
        lessor.EndRenewal(renewal, 400 * Second);
        Assert.Single(lessor.Tick(700 * Second).Checkpoints);
    }

    [Fact]
    public void A_remaining_time_that_could_not_be_proposed_is_due_again_an_interval_later()
    {
        var lessor = Open(checkpoints: true);
        lessor.Promote(TimeSpan.Zero, 0);
        lessor.Grant(1, 1000, 0);
        var due = lessor.Tick(300 * Second).Checkpoints;
        lessor.CheckpointsFailed([.. due, new LeaseCheckpoint(2, 5)], 301 * Second);
        Assert.Empty(lessor.Tick((601 * Second) - 1).Checkpoints);
        Assert.Equal([new LeaseCheckpoint(1, 399)], lessor.Tick(601 * Second).Checkpoints);
    }

    [Fact]
    public void A_lease_that_runs_out_while_a_renewal_clears_its_remaining_time_is_not_renewed()
    {
        var lessor = Open(checkpoints: true);
        lessor.Promote(TimeSpan.Zero, 0);
        lessor.Grant(1, 1000, 0);
        Assert.Single(lessor.Tick(300 * Second).Checkpoints);
        Assert.Equal(LeaseRenewalStep.ClearCheckpoint, lessor.BeginRenewal(1, 999 * Second).Step);
        Assert.Equal([1L], lessor.Tick(1000 * Second).Expired);

        lessor.ApplyCheckpoint(new LeaseCheckpoint(1, 0), 1001 * Second);
        Assert.Equal(LeaseStatus.Expired, lessor.FinishRenewal(1, 1001 * Second).Status);
        Assert.Equal(LeaseRenewalStep.AwaitEnd, lessor.BeginRenewal(1, 1001 * Second).Step);
    }

    [Fact]
    public void A_lease_whose_revocation_was_handed_out_is_not_renewed_by_who_has_read_the_clock_before()
    {
        var lessor = Open();
        lessor.Promote(TimeSpan.Zero, 0);
        lessor.Grant(1, 10, 0);
        Assert.Equal(LeaseRenewalStep.Ready, lessor.BeginRenewal(1, 9 * Second).Step);
        Assert.Equal([1L], lessor.Tick(10 * Second).Expired);
        Assert.Equal(LeaseStatus.Expired, lessor.FinishRenewal(1, 9 * Second).Status);

        // Who leads anew may give it its whole time: the revocation of the former term does not count any more.
        lessor.Demote();
        lessor.Promote(TimeSpan.Zero, 20 * Second);
        Assert.Equal(LeaseRenewalStep.Ready, lessor.BeginRenewal(1, 21 * Second).Step);
    }

    [Fact]
    public void A_pile_of_leases_is_spread_after_a_leader_change()
    {
        const int count = 6000;
        const int perSecond = 3 * 1000 / 4;
        var lessor = Open();
        for (var id = 1; id <= count; id++)
        {
            lessor.Grant(id, 10, 0);
        }

        lessor.Promote(TimeSpan.FromSeconds(1), 0);
        var expiries = Enumerable.Range(1, count).Select(id => lessor.Describe(id, false, 0)!.Remaining).Order().ToArray();

        Assert.Equal(TimeSpan.FromSeconds(11), expiries[0]);
        for (var i = 0; i + perSecond + 1 < count; i++)
        {
            // In no second may more come due than three quarters of the rate, and one for the edges.
            Assert.True(expiries[i + perSecond + 1] - expiries[i] >= TimeSpan.FromMilliseconds(999), $"from lease {i} on");
        }

        Assert.True(expiries[^1] <= TimeSpan.FromSeconds(11 + (count / perSecond) + 1), $"{expiries[^1]}");
    }

    [Fact]
    public async Task Questions_and_renewals_from_other_threads_see_whole_leases_while_keys_come_and_go()
    {
        const int keys = 200;
        var lessor = Open();
        lessor.Promote(TimeSpan.Zero, 0);
        lessor.Grant(1, 1000, 0);
        lessor.Attach(1, Key("always"));
        using var done = new ManualResetEventSlim();
        var asked = 0;
        var askers = Enumerable
            .Range(0, 3)
            .Select(_ =>
                Task.Run(() =>
                {
                    while (!done.IsSet)
                    {
                        var told = lessor.Describe(1, true, 0)!.Keys;
                        Assert.Contains(told, key => key.AsSpan().SequenceEqual("always"u8));
                        Assert.InRange(told.Length, 1, keys + 1);
                        Assert.Equal(LeaseStatus.Done, lessor.FinishRenewal(1, 0).Status);
                        Assert.Contains(1, lessor.ListIds());
                        Interlocked.Increment(ref asked);
                    }
                })
            )
            .ToArray();

        for (var round = 0; (round < 300 || Volatile.Read(ref asked) < 100) && !askers.Any(asker => asker.IsFaulted); round++)
        {
            for (var i = 0; i < keys; i++)
            {
                lessor.Attach(1, Key("k" + i));
            }

            for (var i = 0; i < keys; i++)
            {
                lessor.Detach(1, Key("k" + i));
            }

            lessor.Grant(2, 1000, 0);
            lessor.Revoke(2);
        }

        done.Set();
        await Task.WhenAll(askers);
    }

    [Fact]
    public void A_model_of_leases_holds_through_random_histories()
    {
        var expiredTotal = 0;
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var lessor = Open();
            lessor.Restore();
            var deadlines = new Dictionary<long, long>();
            var now = 0L;
            lessor.Promote(TimeSpan.Zero, now);
            for (var step = 0; step < 200; step++)
            {
                now += random.NextInt64(Second);
                var id = 1 + random.Next(30);
                switch (random.Next(4))
                {
                    case 0:
                        var ttl = 5 + random.Next(20);
                        var granted = lessor.Grant(id, ttl, now).Status == LeaseStatus.Done;
                        Assert.Equal(granted, deadlines.TryAdd(id, now + (ttl * Second)));
                        break;
                    case 1 when deadlines.TryGetValue(id, out var deadline) && deadline > now:
                        Assert.Equal(LeaseRenewalStep.Ready, lessor.BeginRenewal(id, now).Step);
                        deadlines[id] = now + (lessor.FinishRenewal(id, now).TtlSeconds * Second);
                        break;
                    case 2 when random.Next(4) == 0:
                        Assert.Equal(deadlines.Remove(id), lessor.Revoke(id) == LeaseStatus.Done);
                        break;
                    default:
                        var due = deadlines.Where(lease => lease.Value <= now).Select(lease => lease.Key).Order().ToList();
                        Assert.Equal(due, lessor.Tick(now).Expired.Order());
                        foreach (var expired in due)
                        {
                            expiredTotal++;
                            lessor.Revoke(expired);
                            deadlines.Remove(expired);
                        }

                        break;
                }
            }

            foreach (var left in deadlines.Keys)
            {
                lessor.Revoke(left);
            }

            Assert.Equal(0, lessor.Count);
        }

        Assert.True(expiredTotal > 1000, $"{expiredTotal} expired");
    }

    private static byte[] Key(string key) => Encoding.UTF8.GetBytes(key);

    private Lessor Open(bool checkpoints = false, bool persisted = false) =>
        new(
            new LessorOptions
            {
                MinimumTtlSeconds = 5,
                CheckpointsEnabled = checkpoints,
                CheckpointsPersisted = persisted,
            },
            _bucket
        );
}
