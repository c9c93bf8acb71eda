using System.Globalization;

namespace EtcdSharp.Cluster.Faults;

/// <summary>Does harm to a cluster, one fault at a time, and undoes it.</summary>
internal sealed class Nemesis(EtcdCluster cluster, Random random, FaultTools tools)
{
    /// <summary>What an election takes at most without a split vote: timeouts are spread between one and two.</summary>
    private const int OneElection = 2;

    /// <summary>A leader of etcd that hears nobody gives up at the second look that finds no majority; then comes the election.</summary>
    private const int StepDownAndElection = 2 + OneElection;

    /// <summary>How long a member takes at most from a write that was refused to its end.</summary>
    private static readonly TimeSpan s_stopping = TimeSpan.FromSeconds(3);

    private PeerNetwork Network => cluster.Network!;

    public async Task<Strike> StrikeAsync(FaultKind kind)
    {
        var leader = await cluster.LeaderAsync();
        var followers = cluster.Members.Where(member => member != leader).ToList();
        var follower = followers[random.Next(followers.Count)];
        var minority = cluster.Members.Count / 2;
        switch (kind)
        {
            case FaultKind.LeaderKilled:
                return await KillAsync(kind, [leader], OneElection);
            case FaultKind.FollowerKilled:
                return await KillAsync(kind, [.. followers.Take(1 + random.Next(minority))], OneElection);
            case FaultKind.AllKilled:
                return await KillAsync(kind, [.. cluster.Members], null);
            case FaultKind.LeaderPaused:
                return Pause(kind, leader);
            case FaultKind.FollowerPaused:
                return Pause(kind, follower);
            case FaultKind.LeaderPausedAndParted:
                return PauseAndPart(leader);
            case FaultKind.LeaderParted:
                return Part(kind, [leader, .. followers.Take(random.Next(minority))], OneElection);
            case FaultKind.MinorityParted:
                return Part(kind, [.. followers.Take(minority)], OneElection);
            case FaultKind.MajorityLost:
                return PartAll();
            case FaultKind.LeaderUnheard:
                return Silence(kind, followers.Select(other => (leader, other)), followers, OneElection);
            case FaultKind.LeaderDeaf:
                var timeouts = leader.Kind == ServerKind.Real ? StepDownAndElection : OneElection;
                return Silence(kind, followers.Select(other => (other, leader)), followers, timeouts);
            case FaultKind.FollowerUnheard:
                var others = cluster.Members.Where(member => member != follower).ToList();
                return Silence(kind, others.Select(other => (follower, other)), others, OneElection);
            case FaultKind.SlowNetwork:
                var delay = TimeSpan.FromMilliseconds(20 + random.Next(100));
                Network.Slow(delay);
                return new Strike(kind, $"{delay.TotalMilliseconds} ms", cluster.Members, null, Heal);
            case FaultKind.ConnectionsTorn:
                Network.Tear();
                return new Strike(kind, "all", cluster.Members, OneElection, static () => Task.CompletedTask);
            case FaultKind.SlowDisk:
                return SlowDisk(random.Next(2) == 0 ? leader : follower);
            case FaultKind.FullDisk:
                return FullDisk();
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown fault");
        }
    }

    private IReadOnlyList<ClusterMember> AllBut(IReadOnlyCollection<ClusterMember> struck) =>
        struck.Count * 2 < cluster.Members.Count ? [.. cluster.Members.Except(struck)] : [];

    private Task Heal()
    {
        Network.Heal(tear: random.Next(2) == 0);
        return Task.CompletedTask;
    }

    private async Task<Strike> KillAsync(FaultKind kind, IReadOnlyList<ClusterMember> struck, int? timeouts)
    {
        await Task.WhenAll(struck.Select(member => member.KillAsync()));
        return new Strike(kind, Names(struck), AllBut(struck), timeouts, () => RestartAsync(struck));
    }

    private async Task RestartAsync(IReadOnlyList<ClusterMember> struck)
    {
        foreach (var member in struck)
        {
            cluster.Start(member);
        }

        await Task.WhenAll(struck.Select(cluster.WaitUntilServingAsync));
    }

    private Strike Pause(FaultKind kind, ClusterMember member)
    {
        member.Pause();
        return new Strike(
            kind,
            member.Name,
            AllBut([member]),
            OneElection,
            () =>
            {
                member.Resume();
                return Task.CompletedTask;
            }
        );
    }

    private Strike PauseAndPart(ClusterMember leader)
    {
        var others = cluster.Members.Where(member => member != leader).Select(member => member.Name);
        Network.Part([leader.Name], others);
        leader.Pause();
        return new Strike(
            FaultKind.LeaderPausedAndParted,
            leader.Name,
            AllBut([leader]),
            OneElection,
            async () =>
            {
                leader.Resume();
                await Task.Delay(tools.ElectionTimeout);
                await Heal();
            }
        );
    }

    private Strike Part(FaultKind kind, IReadOnlyList<ClusterMember> struck, int timeouts)
    {
        var rest = cluster.Members.Except(struck).ToList();
        Network.Part(struck.Select(member => member.Name), rest.Select(member => member.Name));
        return new Strike(kind, Names(struck), rest, timeouts, Heal);
    }

    private Strike PartAll()
    {
        var names = cluster.Members.Select(member => member.Name).ToList();
        for (var i = 0; i < names.Count; i++)
        {
            Network.Part([names[i]], names.Skip(i + 1));
        }

        return new Strike(FaultKind.MajorityLost, "all", [], null, Heal);
    }

    private Strike Silence(
        FaultKind kind,
        IEnumerable<(ClusterMember From, ClusterMember To)> ways,
        IReadOnlyList<ClusterMember> able,
        int timeouts
    )
    {
        var cut = ways.ToList();
        foreach (var (from, to) in cut)
        {
            Network.Cut(from.Name, to.Name);
        }

        var detail = string.Join(' ', cut.Select(way => $"{way.From.Name}>{way.To.Name}"));
        return new Strike(kind, detail, able, timeouts, Heal);
    }

    private Strike SlowDisk(ClusterMember member)
    {
        tools.SetSyncDelay(member, 50);
        return new Strike(
            FaultKind.SlowDisk,
            member.Name,
            cluster.Members,
            OneElection,
            () =>
            {
                tools.SetSyncDelay(member, 0);
                return Task.CompletedTask;
            }
        );
    }

    private Strike FullDisk()
    {
        var member = cluster.Members.Single(one => tools.SmallDisk!.Holds(one));
        tools.SmallDisk!.Fill();
        return new Strike(
            FaultKind.FullDisk,
            member.Name,
            AllBut([member]),
            OneElection,
            async () =>
            {
                tools.SmallDisk.Free();
                if (await member.EndsAsync(s_stopping))
                {
                    await RestartAsync([member]);
                }
            }
        );
    }

    private static string Names(IEnumerable<ClusterMember> members) =>
        string.Join(',', members.Select(member => string.Create(CultureInfo.InvariantCulture, $"{member.Name}({member.Kind})")));
}
