using EtcdSharp.Client.Tests.Support;
using EtcdSharp.Grpc;

namespace EtcdSharp.Client.Tests;

/// <summary>A write is repeated only where it surely did not happen, a read wherever that may help.</summary>
public sealed class RetryTests(Servers servers)
{
    public static TheoryData<StatusCode, string> NotDone =>
        new() { { StatusCode.Unavailable, "etcdserver: no leader" }, { StatusCode.Unknown, "raft proposal dropped" } };

    public static TheoryData<StatusCode, string> PerhapsDone =>
        new()
        {
            { StatusCode.Unavailable, "etcdserver: request timed out" },
            { StatusCode.Unavailable, "etcdserver: request timed out, possibly due to previous leader failure" },
            { StatusCode.Unavailable, "etcdserver: request timed out, possibly due to connection lost" },
            { StatusCode.Unavailable, "etcdserver: server stopped" },
            { StatusCode.Unavailable, "etcdserver: leader changed" },
            { StatusCode.Unavailable, "transport is closing" },
        };

    [Theory]
    [MemberData(nameof(NotDone))]
    public async Task AWriteThatWasNotDoneIsRepeated(StatusCode code, string message)
    {
        await using var fake = await FakeEtcd.StartAsync();
        fake.Refuse = (_, call, _) => call < 3 ? (code, message) : null;
        await using var client = new EtcdClient(fake.Address);
        await client.Kv.PutAsync("k", "v");
        await client.Kv.DeleteAsync("k");
        await client.Kv.Transaction().Then(Operation.Put("k", "v")).CommitAsync();
        Assert.Equal(3, fake.Calls("Put"));
        Assert.Equal(3, fake.Calls("DeleteRange"));
        Assert.Equal(3, fake.Calls("Txn"));
    }

    [Theory]
    [MemberData(nameof(PerhapsDone))]
    public async Task AWriteThatMayHaveHappenedIsNotRepeatedButAReadIs(StatusCode code, string message)
    {
        await using var fake = await FakeEtcd.StartAsync();
        fake.Refuse = (_, call, _) => call == 1 ? (code, message) : null;
        await using var client = new EtcdClient(fake.Address);
        Func<Task>[] writes =
        [
            () => client.Kv.PutAsync("k", "v"),
            () => client.Kv.DeleteAsync("k"),
            () => client.Kv.Transaction().Then(Operation.Put("k", "v")).CommitAsync(),
        ];
        foreach (var write in writes)
        {
            var failure = await Assert.ThrowsAsync<EtcdException>(write);
            Assert.True(failure.OutcomeUnknown);
            Assert.Equal(message, failure.Message);
        }

        await client.Kv.GetAsync("k");
        Assert.Equal(1, fake.Calls("Put"));
        Assert.Equal(1, fake.Calls("DeleteRange"));
        Assert.Equal(1, fake.Calls("Txn"));
        Assert.Equal(2, fake.Calls("Range"));
    }

    [Fact]
    public async Task ATransactionThatOnlyReadsIsRepeatedLikeARead()
    {
        await using var fake = await FakeEtcd.StartAsync();
        fake.Refuse = static (_, call, _) => call == 1 ? (StatusCode.Unavailable, "etcdserver: request timed out") : null;
        await using var client = new EtcdClient(fake.Address);
        await client
            .Kv.Transaction()
            .Then(Operation.Get("k"), Operation.Nested(new Transaction().Else(Operation.Get("l"))))
            .CommitAsync();
        Assert.Equal(2, fake.Calls("Txn"));
    }

    [Fact]
    public async Task ARefusalIsFinalAndItsOutcomeKnown()
    {
        await using var fake = await FakeEtcd.StartAsync();
        fake.Refuse = static (_, _, _) => (StatusCode.Unknown, EtcdError.RequestTooManyRequests.Message);
        await using var client = new EtcdClient(fake.Address);
        var failure = await Eventually.FailsAsync(EtcdError.RequestTooManyRequests, () => client.Kv.PutAsync("k", "v"));
        Assert.False(failure.OutcomeUnknown);
        Assert.Equal(1, fake.Calls("Put"));
    }

    [Theory]
    [OnEach]
    public async Task AWriteThatFilledTheFileMayHaveHappenedThoughThereWasNoSpace(ServerKind kind)
    {
        // Whether a write is on its way at that moment is chance, so it is looked for until one was.
        var happened = 0;
        for (var round = 0; happened == 0; round++)
        {
            Assert.True(round < 20, "no refused write of 20 rounds has happened");
            happened = await FillAsync(kind);
        }
    }

    /// <summary>The number of refused writes that are there; each must have been told as unknown.</summary>
    private static async Task<int> FillAsync(ServerKind kind)
    {
        const int writers = 16;
        await using var server = await RestartableServer.StartAsync(kind, "--quota-backend-bytes", "16777216");
        await using var client = new EtcdClient(server.Address);
        var value = new byte[64 * 1024];

        // What is on its way when the file is found full has passed the first look at the quota, and is applied.
        var failed = await Task.WhenAll(Enumerable.Range(0, writers).Select(WriteUntilRefusedAsync));
        var there = (await client.Kv.GetAsync(KeyRange.Prefix("k"), new GetOptions { KeysOnly = true }))
            .KeyValues.Select(static one => one.Key.ToString())
            .ToHashSet(StringComparer.Ordinal);
        var happened = failed.Where(one => there.Contains(one.Key)).ToArray();
        Assert.All(happened, static one => Assert.True(one.Failure.OutcomeUnknown, $"{one.Key} is there"));
        return happened.Length;

        async Task<(string Key, EtcdException Failure)> WriteUntilRefusedAsync(int writer)
        {
            for (var i = 0; ; i++)
            {
                var key = $"k{writer}/{i}";
                try
                {
                    await client.Kv.PutAsync(key, value);
                }
                catch (EtcdException failure) when (failure.Error == EtcdError.NoSpace)
                {
                    return (key, failure);
                }
            }
        }
    }

    [Fact]
    public async Task TriesEndAndTheLastFailureIsTold()
    {
        await using var fake = await FakeEtcd.StartAsync();
        fake.Refuse = static (_, _, _) => (StatusCode.Unavailable, "etcdserver: no leader");
        await using var client = new EtcdClient($"{fake.Address};attempts=4");
        var failure = await Eventually.FailsAsync(EtcdError.NoLeader, () => client.Kv.PutAsync("k", "v"));
        Assert.False(failure.OutcomeUnknown);
        Assert.Equal(4, fake.Calls("Put"));
    }

    [Fact]
    public async Task ADeadlineEndsACallWhoseOutcomeIsUnknown()
    {
        await using var fake = await FakeEtcd.StartAsync();
        fake.Delay = TimeSpan.FromSeconds(10);
        await using var client = new EtcdClient($"{fake.Address};timeout=0.2");
        var failure = await Assert.ThrowsAsync<EtcdException>(() => client.Kv.PutAsync("k", "v"));
        Assert.Equal(StatusCode.DeadlineExceeded, failure.Code);
        Assert.True(failure.OutcomeUnknown);
        failure = await Assert.ThrowsAsync<EtcdException>(() =>
            client.WithTimeout(TimeSpan.FromMilliseconds(100)).Kv.GetAsync("k")
        );
        Assert.Equal(StatusCode.DeadlineExceeded, failure.Code);
        Assert.Equal(1, fake.Calls("Put"));
    }

    [Fact]
    public async Task CallsTakeTurnsAndPassDeadEndpointsOver()
    {
        await using var first = await FakeEtcd.StartAsync();
        await using var second = await FakeEtcd.StartAsync();
        var dead = $"http://127.0.0.1:{FreePort.Next()}";
        await using var client = new EtcdClient($"{first.Address},{dead},{second.Address}");
        for (var i = 0; i < 30; i++)
        {
            await client.Kv.PutAsync("k", "v");
        }

        Assert.Equal(30, first.Calls("Put") + second.Calls("Put"));
        Assert.InRange(first.Calls("Put"), 8, 22);
    }

    [Fact]
    public async Task WhatALearnerDoesNotAnswerAVoterIsAsked()
    {
        await using var learner = await FakeEtcd.StartAsync();
        await using var voter = await FakeEtcd.StartAsync();
        learner.Refuse = static (_, _, _) => (StatusCode.FailedPrecondition, EtcdError.NotSupportedForLearner.Message);
        await using var client = new EtcdClient($"{learner.Address},{voter.Address}");
        for (var i = 0; i < 4; i++)
        {
            await client.Kv.PutAsync("k", "v");
        }

        Assert.Equal(4, voter.Calls("Put"));
        Assert.NotEqual(0, learner.Calls("Put"));
        await using var alone = new EtcdClient(learner.Address);
        await Eventually.FailsAsync(EtcdError.NotSupportedForLearner, () => alone.Kv.PutAsync("k", "v"));
    }

    [Fact]
    public async Task ReadsInOrderPassOverAMemberThatLagsBehind()
    {
        await using var current = await FakeEtcd.StartAsync();
        await using var behind = await FakeEtcd.StartAsync();
        current.Revision = 10;
        behind.Revision = 5;
        await using var client = new EtcdClient($"{current.Address},{behind.Address}");
        var ordered = client.WithOrderedReads();
        var seen = 0L;
        for (var i = 0; i < 6; i++)
        {
            var revision = (await ordered.Kv.GetAsync("k", new GetOptions { Serializable = true })).Header.Revision;
            Assert.True(revision >= seen);
            seen = revision;
        }

        Assert.Equal(10, seen);
        Assert.NotEqual(0, behind.Calls("Range"));
        current.Revision = 4;
        var failure = await Assert.ThrowsAsync<EtcdException>(() => ordered.Kv.GetAsync("k"));
        Assert.Contains("revision 10", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATokenThatIsRefusedIsRenewedOnceForAll()
    {
        await using var fake = await FakeEtcd.StartAsync();
        fake.Refuse = static (method, _, context) =>
            method == "Authenticate" || context.Request.Headers["token"] == "token-2"
                ? null
                : (StatusCode.Unauthenticated, EtcdError.InvalidAuthToken.Message);
        await using var client = new EtcdClient($"{fake.Address};user=me;password=secret");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.Kv.PutAsync("k", "v")));
        Assert.Equal(2, fake.Calls("Authenticate"));
    }

    [Fact]
    public async Task ATokenThatStaysRefusedIsTold()
    {
        await using var fake = await FakeEtcd.StartAsync();
        fake.Refuse = static (method, _, _) =>
            method == "Authenticate" ? null : (StatusCode.Unauthenticated, EtcdError.InvalidAuthToken.Message);
        await using var client = new EtcdClient($"{fake.Address};user=me;password=secret");
        var failure = await Eventually.FailsAsync(EtcdError.InvalidAuthToken, () => client.Kv.PutAsync("k", "v"));
        Assert.False(failure.OutcomeUnknown);
        Assert.Equal(3, fake.Calls("Put"));
    }

    /// <summary>Of a caller whom its certificate names: there is no token to renew, and users may be changed again and again.</summary>
    [Theory]
    [InlineData("etcdserver: revision of auth store is old", StatusCode.InvalidArgument)]
    [InlineData("etcdserver: invalid auth token", StatusCode.Unauthenticated)]
    public async Task ACallWithoutATokenIsRepeatedWhenUsersWereChangedMeanwhile(string message, StatusCode code)
    {
        await using var fake = await FakeEtcd.StartAsync();
        fake.Refuse = (_, call, _) => call <= 5 ? (code, message) : null;
        await using var client = new EtcdClient(fake.Address);
        await client.Kv.PutAsync("k", "v");
        await client.Kv.GetAsync("k");
        Assert.Equal(6, fake.Calls("Put"));
        Assert.Equal(6, fake.Calls("Range"));
        Assert.Equal(0, fake.Calls("Authenticate"));
    }

    [Fact]
    public async Task ACallWithATokenIsRepeatedAsOftenAsUsersWereChangedMeanwhile()
    {
        await using var fake = await FakeEtcd.StartAsync();
        fake.Refuse = static (method, call, _) =>
            method == "Put" && call <= 5 ? (StatusCode.InvalidArgument, EtcdError.AuthOldRevision.Message) : null;
        await using var client = new EtcdClient($"{fake.Address};user=me;password=secret");
        await client.Kv.PutAsync("k", "v");
        Assert.Equal(6, fake.Calls("Put"));
    }

    [Theory]
    [InlineData("etcdserver: user name is empty", StatusCode.InvalidArgument)]
    [InlineData("etcdserver: permission denied", StatusCode.PermissionDenied)]
    public async Task ACallWithoutATokenThatWillNeverDoIsNotRepeated(string message, StatusCode code)
    {
        await using var fake = await FakeEtcd.StartAsync();
        fake.Refuse = (_, _, _) => (code, message);
        await using var client = new EtcdClient(fake.Address);
        await Assert.ThrowsAsync<EtcdException>(() => client.Kv.PutAsync("k", "v"));
        Assert.Equal(1, fake.Calls("Put"));
    }

    /// <summary>A token that somebody else got is somebody else's to renew.</summary>
    [Fact]
    public async Task ACallWithATokenOfOthersIsNotRepeated()
    {
        await using var fake = await FakeEtcd.StartAsync();
        fake.Refuse = (_, _, _) => (StatusCode.Unauthenticated, EtcdError.InvalidAuthToken.Message);
        await using var client = new EtcdClient(new EtcdClientOptions { Endpoints = [fake.Address], Token = "given" });
        await Eventually.FailsAsync(EtcdError.InvalidAuthToken, () => client.Kv.PutAsync("k", "v"));
        Assert.Equal(1, fake.Calls("Put"));
    }

    /// <summary>A command makes a client, one call, and ends. That one of three members gets none of 90 has odds of 10 to the -15.</summary>
    [Fact]
    public async Task ClientsThatMakeOneCallSpreadOverTheEndpoints()
    {
        await using var first = await FakeEtcd.StartAsync();
        await using var second = await FakeEtcd.StartAsync();
        await using var third = await FakeEtcd.StartAsync();
        FakeEtcd[] members = [first, second, third];
        for (var i = 0; i < 90; i++)
        {
            await using var client = new EtcdClient(string.Join(',', members.Select(member => member.Address)));
            await client.Kv.GetAsync("k");
        }

        Assert.All(members, member => Assert.NotEqual(0, member.Calls("Range")));
        Assert.Equal(90, members.Sum(member => member.Calls("Range")));
    }

    [Fact]
    public async Task CallsOfOneClientTakeTurns()
    {
        await using var first = await FakeEtcd.StartAsync();
        await using var second = await FakeEtcd.StartAsync();
        await using var client = new EtcdClient($"{first.Address},{second.Address}");
        for (var i = 0; i < 10; i++)
        {
            await client.Kv.GetAsync("k");
        }

        Assert.Equal(5, first.Calls("Range"));
        Assert.Equal(5, second.Calls("Range"));
    }

    [Theory]
    [OnEach]
    public async Task AConnectionLostAfterTheWriteWasSentIsReportedAndTheWriteNotRepeated(ServerKind kind)
    {
        var server = await servers.Shared(kind);
        await using var proxy = new TcpProxy(Servers.Of(server));
        await using var client = new EtcdClient(new EtcdClientOptions { Endpoints = [proxy.Address] });
        await using var direct = new EtcdClient(Servers.Of(server));
        var key = $"lost/{Guid.NewGuid():N}";
        await client.Kv.GetAsync(key);

        proxy.SwallowAnswers();
        var write = client.Kv.PutAsync(key, "v");
        await Eventually.TrueAsync(async () => (await direct.Kv.GetAsync(key)).First is not null);
        proxy.Forward();
        proxy.Break();
        var failure = await Assert.ThrowsAsync<EtcdException>(() => write);
        Assert.True(failure.OutcomeUnknown);
        Assert.Null(failure.Error);

        // A repetition would have made it version 2.
        Assert.Equal(1, (await client.Kv.GetAsync(key)).First!.Version);
    }

    [Theory]
    [OnEach]
    public async Task AConnectionLostDuringAReadIsNotNoticed(ServerKind kind)
    {
        var server = await servers.Shared(kind);
        await using var proxy = new TcpProxy(Servers.Of(server));
        await using var client = new EtcdClient(new EtcdClientOptions { Endpoints = [proxy.Address] });
        await client.Kv.GetAsync("k");

        proxy.SwallowAnswers();
        var read = client.Kv.GetAsync("k");
        await proxy.RequestSeenAsync();
        proxy.Forward();
        proxy.Break();
        Assert.NotNull((await read).Header);
    }

    [Theory]
    [OnEach]
    public async Task AWriteWaitsForAServerThatIsNotThereYet(ServerKind kind)
    {
        var server = await servers.Shared(kind);
        await using var direct = new EtcdClient(Servers.Of(server));
        var key = $"late/{Guid.NewGuid():N}";
        await direct.Kv.PutAsync(key, "v");
        await using var proxy = new TcpProxy(Servers.Of(server));
        proxy.Refuse();
        await using var client = new EtcdClient(new EtcdClientOptions { Endpoints = [proxy.Address] });

        // No other test class lets a deletion be repeated, so what is counted is this one.
        using var repeats = new MeterReading("etcd.client.repeats", "/etcdserverpb.KV/DeleteRange");
        var write = client.Kv.DeleteAsync(key);
        await Eventually.TrueAsync(() => Task.FromResult(repeats.Sum > 0));
        proxy.Forward();
        Assert.Equal(1, (await write).Deleted);
    }

    [Theory]
    [OnEach]
    public async Task AQuietConnectionIsProbedWithoutAnnoyingTheServer(ServerKind kind)
    {
        await using var proxy = new TcpProxy(Servers.Of(await servers.Shared(kind)));
        await using var client = new EtcdClient($"{proxy.Address};keepalive-time=1");
        await client.Kv.GetAsync("k");

        Assert.Equal(1, proxy.Connections);

        // etcd takes two probes of a connection without calls and closes it with the third.
        await Task.Delay(TimeSpan.FromSeconds(5));
        await client.Kv.GetAsync("k");
        Assert.Equal(1, proxy.Connections);
    }

    [Theory]
    [OnEach]
    public async Task WritesGoOnAcrossARestart(ServerKind kind)
    {
        await using var server = await RestartableServer.StartAsync(kind);
        await using var client = new EtcdClient(server.Address);
        await client.Kv.PutAsync("k", "1");
        await server.KillAsync();

        // When a read has failed, the client has noticed that the connection is gone: the write is not sent into the void.
        await Assert.ThrowsAsync<EtcdException>(() => client.WithTimeout(TimeSpan.FromMilliseconds(200)).Kv.GetAsync("k"));
        var write = client.Kv.PutAsync("k", "2");
        await server.StartAgainAsync();
        await write;
        Assert.Equal("k=2", (await client.Kv.GetAsync("k")).First!.ToString());
    }
}
