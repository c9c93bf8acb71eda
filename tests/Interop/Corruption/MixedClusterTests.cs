using System.Diagnostics;

namespace EtcdSharp.Interop.Corruption;

/// <summary>Two members of etcd 3.5.30 and one of ours, of which one was damaged while it was stopped; the leader finds out which.</summary>
public sealed class MixedClusterTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(ServerKind.Ours, ServerKind.Real)]
    [InlineData(ServerKind.Real, ServerKind.Ours)]
    public async Task The_leader_of_one_kind_finds_damage_at_a_member_of_the_other(ServerKind leaderKind, ServerKind damagedKind)
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        using var directory = new ScratchDirectory();
        ServerKind[] kinds = [ServerKind.Real, ServerKind.Ours, ServerKind.Real];
        string[] peers = [.. kinds.Select(_ => $"http://127.0.0.1:{FreePort.Next()}")];
        var servers = new EtcdServer[kinds.Length];
        try
        {
            for (var i = 0; i < kinds.Length; i++)
            {
                servers[i] = Launch(kinds[i], i, peers, directory.Path);
            }

            await Task.WhenAll(servers.Select(server => server.WaitUntilServingAsync()));
            await servers[0].Endpoint.Put(new PutRequest { Key = Text("key"), Value = Text("original") });
            var leader = Array.FindIndex(kinds, kind => kind == leaderKind);
            var damaged = Array.FindLastIndex(kinds, kind => kind == damagedKind);
            await MoveLeaderAsync(servers, leader);
            var damagedId = (await servers[damaged].Endpoint.Status()).Header.MemberId;

            await servers[damaged].StopAsync();
            await servers[damaged].DisposeAsync();
            Damage(Path.Combine(directory.Path, $"m{damaged}", "member", "snap", "db"));
            servers[damaged] = Launch(damagedKind, damaged, peers, directory.Path);

            foreach (var server in servers)
            {
                var alarm = await AlarmAsync(server);

                // A leader of release 3.5 does not say whose data it is.
                var accused = leaderKind == ServerKind.Real ? 0 : damagedId;
                Assert.Equal((accused, AlarmType.Corrupt), (alarm.MemberID, alarm.Alarm));
                var refused = await Assert.ThrowsAsync<GrpcFailure>(() =>
                    server.Endpoint.Put(new PutRequest { Key = Text("key"), Value = Text("new") })
                );
                Assert.Equal(GrpcCode.DataLoss, refused.Code);
            }

            Assert.Contains("same compact revision then hashes must match", servers[leader].Output, StringComparison.Ordinal);
        }
        finally
        {
            await Task.WhenAll(servers.Where(server => server is not null).Select(server => server.DisposeAsync().AsTask()));
        }
    }

    private static EtcdServer Launch(ServerKind kind, int number, string[] peers, string directory) =>
        EtcdServer.Launch(
            kind,
            new ServerOptions(
                Arguments:
                [
                    "--log-level",
                    "warn",
                    "--name",
                    $"m{number}",
                    "--listen-peer-urls",
                    peers[number],
                    "--initial-advertise-peer-urls",
                    peers[number],
                    "--initial-cluster",
                    string.Join(',', peers.Select((url, i) => $"m{i}={url}")),
                    kind == ServerKind.Real ? "--experimental-corrupt-check-time" : "--corrupt-check-time",
                    "500ms",
                    .. kind == ServerKind.Ours ? new[] { "--emulated-version", "3.5" } : [],
                ],
                DataDirectory: Path.Combine(directory, $"m{number}")
            )
        );

    private static async Task MoveLeaderAsync(EtcdServer[] servers, int target)
    {
        var targetId = (await servers[target].Endpoint.Status()).Header.MemberId;
        foreach (var server in servers)
        {
            var status = await server.Endpoint.Status();
            if (status.Leader == status.Header.MemberId && status.Leader != targetId)
            {
                await server.Endpoint.Call<MoveLeaderResponse>(
                    "/etcdserverpb.Maintenance/MoveLeader",
                    new MoveLeaderRequest { TargetID = targetId }
                );
                return;
            }
        }
    }

    /// <summary>Changes one letter of a value wherever the file has it: its pages have no checksum that would tell.</summary>
    private static void Damage(string path)
    {
        var content = File.ReadAllBytes(path);
        var places = 0;
        while (content.AsSpan().IndexOf("original"u8) is >= 0 and var at)
        {
            content[at] = (byte)'0';
            places++;
        }

        Assert.True(places > 0, $"the value is not in {path}");
        File.WriteAllBytes(path, content);
    }

    private static async Task<AlarmMember> AlarmAsync(EtcdServer server)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < s_limit, $"no alarm within {s_limit}:\n{server.Output}");
            try
            {
                var answer = await server.Endpoint.Alarm(new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Get });
                if (answer.Alarms.Count != 0)
                {
                    return Assert.Single(answer.Alarms);
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or GrpcFailure or TimeoutException)
            {
                // It is starting, or an election is under way.
                continue;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static ByteString Text(string text) => ByteString.CopyFromUtf8(text);
}
