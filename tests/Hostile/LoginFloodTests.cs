namespace EtcdSharp.Hostile;

/// <summary>Passwords are slow to check on purpose; those who guess must not take the processors from everybody else.</summary>
public sealed class LoginFloodTests
{
    private const int Logins = 400;

    /// <summary>Long enough for a leader that does not get its turn to lose its place several times over.</summary>
    private static readonly TimeSpan s_flood = TimeSpan.FromSeconds(5);

    /// <summary>Not against real etcd, whose puts run into their timeout: it checks as many passwords at once as there are logins.</summary>
    [Fact]
    public async Task WrongPasswordsHoldNobodyUp()
    {
        await using var round = await AttackRound.StartAsync(ServerKind.Ours, prepare: Users.EnableAsync);
        using var root = new EtcdEndpoint(round.Server.Address, await TokenAsync(round.Server));
        var before = await root.Status();
        await round.RunAsync(async () =>
        {
            using var enough = new CancellationTokenSource(s_flood);
            await Task.WhenAll(Enumerable.Range(0, Logins).Select(_ => TryAsync(round.Server.Address, enough.Token)));
        });
        var after = await root.Status();
        Assert.Equal((before.RaftTerm, before.Leader), (after.RaftTerm, after.Leader));

        // Those who were given up have left the queue, so a right password is not behind them.
        Assert.NotEmpty(await Users.LogInAsync(round.Server.Endpoint, Users.Password));
    }

    private static async Task<Dictionary<string, string>> TokenAsync(EtcdServer server) =>
        new(StringComparer.Ordinal) { ["token"] = await Users.LogInAsync(server.Endpoint, Users.Password) };

    private static async Task TryAsync(Uri address, CancellationToken enough)
    {
        using var endpoint = new EtcdEndpoint(address);
        while (!enough.IsCancellationRequested)
        {
            try
            {
                await Users.LogInAsync(endpoint, "wrong", enough);
                Assert.Fail("a wrong password was taken");
            }
            catch (GrpcFailure refused)
            {
                Assert.Equal("etcdserver: authentication failed, invalid user ID or password", refused.Detail);
            }
            catch (OperationCanceledException) when (enough.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
