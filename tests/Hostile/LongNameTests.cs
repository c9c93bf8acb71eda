namespace EtcdSharp.Hostile;

/// <summary>The names of users and roles are keys of the store's file, and its keys have a largest length.</summary>
public sealed class LongNameTests
{
    private const int NameBytesMax = 32_768;

    /// <summary>Not against real etcd: it ends with "key too large", and again at every start.</summary>
    [Fact]
    public async Task NamesThatFitNoKeyAreRefused()
    {
        await using var round = await AttackRound.StartAsync(ServerKind.Ours);
        await round.RunAsync(async () =>
        {
            foreach (var name in new[] { new string('x', NameBytesMax + 1), new string('ö', (NameBytesMax / 2) + 1) })
            {
                await RefusedAsync<AuthUserAddResponse>(
                    round.Server.Endpoint,
                    "UserAdd",
                    new AuthUserAddRequest
                    {
                        Name = name,
                        Options = new() { NoPassword = true },
                    }
                );
                await RefusedAsync<AuthRoleAddResponse>(round.Server.Endpoint, "RoleAdd", new AuthRoleAddRequest { Name = name });
            }

            await round.Server.Endpoint.Call<AuthRoleAddResponse>(
                "/etcdserverpb.Auth/RoleAdd",
                new AuthRoleAddRequest { Name = new string('x', NameBytesMax) }
            );
        });
    }

    private static async Task RefusedAsync<TResponse>(EtcdEndpoint endpoint, string method, IMessage request)
        where TResponse : IMessage<TResponse>, new()
    {
        var refused = await Assert.ThrowsAsync<GrpcFailure>(() =>
            endpoint.Call<TResponse>($"/etcdserverpb.Auth/{method}", request)
        );
        Assert.Equal(GrpcCode.InvalidArgument, refused.Code);
        Assert.EndsWith("name is longer than 32768 bytes", refused.Detail, StringComparison.Ordinal);
    }
}
