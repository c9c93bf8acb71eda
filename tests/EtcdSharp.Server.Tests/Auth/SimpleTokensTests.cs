using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Tokens;

namespace EtcdSharp.Server.Tests.Auth;

public sealed class SimpleTokensTests
{
    private const string Prefix = "abcdefghijklmnOP";

    private static readonly TimeSpan s_life = TimeSpan.FromSeconds(10);

    private readonly ManualClock _clock = new();

    [Fact]
    public void A_token_is_its_prefix_and_the_index_of_its_entry()
    {
        var tokens = Enabled();

        Assert.True(tokens.TryAssign("alice", 3, Prefix, 42, out var token));
        Assert.Equal("abcdefghijklmnOP.41", token);
        Assert.Equal(42ul, tokens.AppliedIndexFor(token));
        Assert.Equal(new Caller("alice", 7), tokens.Find(token, 7));
        Assert.Null(tokens.Find("abcdefghijklmnOP.42", 7));
        Assert.Null(tokens.Find("Abcdefghijklmnop.41", 7));
    }

    [Fact]
    public void Members_give_the_same_token_for_the_same_entry()
    {
        var one = Enabled();
        var other = Enabled(seed: 99);
        var prefix = one.NewPrefix();

        Assert.True(one.TryAssign("alice", 3, prefix, 9, out var first));
        Assert.True(other.TryAssign("alice", 3, prefix, 9, out var second));
        Assert.Equal(first, second);
    }

    [Fact]
    public void Prefixes_are_sixteen_letters_each_as_likely_as_any_other()
    {
        var tokens = Enabled();
        Dictionary<char, int> counts = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        const int rounds = 6500;
        for (var round = 0; round < rounds; round++)
        {
            var prefix = tokens.NewPrefix();
            Assert.Equal(16, prefix.Length);
            Assert.True(seen.Add(prefix));
            foreach (var letter in prefix)
            {
                Assert.True(char.IsAsciiLetter(letter));
                counts[letter] = counts.GetValueOrDefault(letter) + 1;
            }
        }

        // 2000 of each are expected, with a standard deviation of 44.
        Assert.Equal(52, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 1750, 2250));
    }

    [Fact]
    public void A_token_lapses_a_lifetime_after_its_last_use()
    {
        var tokens = Enabled();
        tokens.TryAssign("alice", 3, Prefix, 1, out var token);
        for (var use = 0; use < 5; use++)
        {
            _clock.Advance(s_life);
            Assert.NotNull(tokens.Find(token, 3));
        }

        _clock.Advance(s_life + TimeSpan.FromTicks(1));
        Assert.Null(tokens.Find(token, 3));
        Assert.Equal(0, tokens.Count);

        // To look at it once more does not bring it back.
        Assert.Null(tokens.Find(token, 3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void Without_a_lifetime_it_is_300_seconds(int seconds)
    {
        SimpleTokens tokens = new(_clock, new SeededRandom(1), TimeSpan.FromSeconds(seconds));
        tokens.Enable();
        tokens.TryAssign("alice", 3, Prefix, 1, out var token);

        _clock.Advance(TimeSpan.FromSeconds(300));
        Assert.NotNull(tokens.Find(token, 3));
        _clock.Advance(TimeSpan.FromSeconds(301));
        Assert.Null(tokens.Find(token, 3));
    }

    [Fact]
    public void The_longest_lifetime_never_ends()
    {
        SimpleTokens tokens = new(_clock, new SeededRandom(1), TimeSpan.MaxValue);
        tokens.Enable();
        tokens.TryAssign("alice", 3, Prefix, 1, out var token);

        _clock.Advance(TimeSpan.FromDays(10_000));
        Assert.NotNull(tokens.Find(token, 3));
    }

    [Fact]
    public void Assignments_take_lapsed_tokens_away_and_leave_used_ones()
    {
        var tokens = Enabled();
        tokens.TryAssign("keeper", 3, Prefix, 1, out var kept);
        for (var index = 2u; index <= 1000; index++)
        {
            tokens.TryAssign("alice", 3, Prefix, index, out _);
        }

        _clock.Advance(s_life);
        Assert.NotNull(tokens.Find(kept, 3));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1000, tokens.Count);

        // Each adds one and takes away at most as many as one assignment may.
        tokens.TryAssign("bob", 3, Prefix, 2000, out _);
        Assert.Equal(1000 + 1 - SimpleTokens.SweptPerAssignmentMax, tokens.Count);
        for (var index = 2001u; index <= 2019; index++)
        {
            tokens.TryAssign("bob", 3, Prefix, index, out _);
        }

        Assert.Equal(21, tokens.Count);
        Assert.NotNull(tokens.Find(kept, 3));
    }

    [Fact]
    public void Beyond_the_bound_the_longest_unused_token_goes()
    {
        SimpleTokens tokens = new(_clock, new SeededRandom(1), s_life, tokensMax: 3);
        tokens.Enable();
        tokens.TryAssign("a", 3, Prefix, 1, out var first);
        tokens.TryAssign("b", 3, Prefix, 2, out var second);
        tokens.TryAssign("c", 3, Prefix, 3, out var third);
        tokens.Find(first, 3);
        tokens.TryAssign("d", 3, Prefix, 4, out var fourth);

        Assert.Equal(3, tokens.Count);
        Assert.Null(tokens.Find(second, 3));
        Assert.Equal(["a", "c", "d"], new[] { first, third, fourth }.Select(token => tokens.Find(token, 3)?.User));
    }

    [Fact]
    public void While_disabled_nothing_is_assigned_or_found()
    {
        SimpleTokens tokens = new(_clock, new SeededRandom(1), s_life);
        Assert.False(tokens.TryAssign("alice", 3, Prefix, 1, out var none));
        Assert.Equal("", none);

        tokens.Enable();
        tokens.Enable();
        Assert.True(tokens.TryAssign("alice", 3, Prefix, 1, out var token));
        tokens.Disable();
        Assert.Null(tokens.Find(token, 3));
        Assert.False(tokens.TryAssign("alice", 3, Prefix, 2, out _));
        tokens.Enable();
        Assert.Null(tokens.Find(token, 3));
        Assert.Equal(0, tokens.Count);
    }

    [Fact]
    public void To_forget_a_user_voids_all_tokens_of_that_user_alone()
    {
        var tokens = Enabled();
        List<string> ofAlice = [];
        for (var index = 1u; index <= 9; index++)
        {
            tokens.TryAssign(index % 3 == 0 ? "alicia" : "alice", 3, Prefix, index, out var token);
            ofAlice.Add(token);
        }

        tokens.Forget("alice");
        Assert.Equal(3, tokens.Count);
        Assert.Equal(3, ofAlice.Count(token => tokens.Find(token, 3) is { User: "alicia" }));
    }

    [Fact]
    public void The_same_entry_applied_again_leaves_one_token()
    {
        var tokens = Enabled();
        tokens.TryAssign("alice", 3, Prefix, 1, out var token);
        Assert.True(tokens.TryAssign("alice", 3, Prefix, 1, out var again));

        Assert.Equal(token, again);
        Assert.Equal(1, tokens.Count);
        tokens.Forget("alice");
        Assert.Null(tokens.Find(token, 3));
    }

    [Theory]
    [InlineData("abc.0", 1ul)]
    [InlineData("abc.18446744073709551615", ulong.MaxValue)]
    [InlineData("abc.18446744073709551616", null)]
    [InlineData("abc.-1", null)]
    [InlineData("abc.+1", null)]
    [InlineData("abc. 1", null)]
    [InlineData("abc.1 ", null)]
    [InlineData("abc.1x", null)]
    [InlineData("abc.", null)]
    [InlineData("abc", null)]
    [InlineData(".1", null)]
    [InlineData("", null)]
    [InlineData("abc.1.2", null)]
    [InlineData("a-c.1", null)]
    [InlineData("ab1.1", null)]
    [InlineData("äbc.1", null)]
    public void The_index_to_wait_for_stands_behind_the_dot(string token, ulong? index) =>
        Assert.Equal(index, Enabled().AppliedIndexFor(token));

    [Fact]
    public async Task Threads_find_while_tokens_come_and_go()
    {
        SimpleTokens tokens = new(SystemClock.Instance, SystemRandomness.Instance, TimeSpan.FromMinutes(1), tokensMax: 50);
        tokens.Enable();
        tokens.TryAssign("keeper", 3, Prefix, 1, out var kept);
        using CancellationTokenSource done = new();
        var finders = Enumerable.Range(0, 3).Select(_ => Task.Run(Find)).ToArray();
        for (var index = 2u; index < 20_000; index++)
        {
            Assert.True(tokens.TryAssign("alice", 3, Prefix, index, out _));
            Assert.True(tokens.Count <= 50);
            if (index % 1000 == 0)
            {
                tokens.Forget("alice");
            }

            Assert.Equal("keeper", tokens.Find(kept, 3)?.User);
        }

        await done.CancelAsync();
        await Task.WhenAll(finders);

        void Find()
        {
            for (var index = 1u; !done.IsCancellationRequested; index++)
            {
                // Fewer than there is room for, so that using them does not make the kept one the longest unused.
                var user = tokens.Find($"{Prefix}.{1 + (index % 30)}", 3)?.User;
                Assert.True(user is null or "alice" or "keeper");
            }
        }
    }

    private SimpleTokens Enabled(ulong seed = 1)
    {
        SimpleTokens tokens = new(_clock, new SeededRandom(seed), s_life);
        tokens.Enable();
        return tokens;
    }
}
