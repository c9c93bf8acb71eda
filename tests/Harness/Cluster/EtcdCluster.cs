using System.Collections.Immutable;
using System.Diagnostics;
using EtcdSharp.Api;
using Google.Protobuf;

namespace EtcdSharp.Harness;

/// <summary>Several members as processes on loopback, ours, real ones or both.</summary>
public sealed class EtcdCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StatusLimit = TimeSpan.FromSeconds(2);

    private readonly ClusterOptions _options;
    private readonly string _folder;
    private ImmutableList<ClusterMember> _members = [];
    private int _lastNumber;

    private EtcdCluster(ClusterOptions options)
    {
        _options = options;
        _folder = options.DataFolder ?? Directory.CreateTempSubdirectory("etcdsharp-cluster-").FullName;
        Network = options.PeersAreProxied ? new PeerNetwork() : null;
    }

    /// <summary>A picture that does not change; load on other threads may go through it while members come and go.</summary>
    public IReadOnlyList<ClusterMember> Members => Volatile.Read(ref _members);

    /// <summary>Its --initial-cluster-token.</summary>
    public string Token { get; } = $"token-{Guid.NewGuid():N}";

    /// <summary>The traffic between the members; null where it goes directly.</summary>
    public PeerNetwork? Network { get; }

    public ClusterMember this[string name] => _members.Single(member => member.Name == name);

    /// <summary>Starts members m1, m2 and so on, and returns when every one of them has answered a linearizable read.</summary>
    /// <param name="prepare">Called for every member before its first start.</param>
    public static async Task<EtcdCluster> StartAsync(
        IEnumerable<ServerKind> kinds,
        ClusterOptions? options = null,
        Action<ClusterMember>? prepare = null
    )
    {
        var cluster = new EtcdCluster(options ?? new ClusterOptions());
        try
        {
            foreach (var kind in kinds)
            {
                cluster.Create(kind);
            }

            foreach (var member in cluster._members)
            {
                prepare?.Invoke(member);
                cluster.Start(member, isNew: true);
            }

            await Task.WhenAll(cluster._members.Select(cluster.WaitUntilServingAsync));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a member's process, the first time or again.</summary>
    public void Start(ClusterMember member, bool isNew = false)
    {
        var initial = string.Join(',', _members.Select(one => $"{one.Name}={one.PeerUrl}"));
        member.Launch(initial, isNew, Token, _options);
        Network?.ProcessIs(member.Name, member.ProcessId);
    }

    public async Task StartAndWaitAsync(ClusterMember member)
    {
        Start(member);
        await WaitUntilServingAsync(member);
    }

    /// <summary>Adds a member to the cluster through another one and starts it.</summary>
    public async Task<ClusterMember> AddAsync(ServerKind kind, ClusterMember through, bool isLearner = false)
    {
        var member = Create(kind);
        var request = new MemberAddRequest { PeerURLs = { member.PeerUrl }, IsLearner = isLearner };
        try
        {
            await AgainWhileUnhealthyAsync(() =>
                through.Endpoint.Call<MemberAddResponse>("/etcdserverpb.Cluster/MemberAdd", request)
            );
        }
        catch
        {
            _members = _members.Remove(member);
            throw;
        }

        Start(member);
        return member;
    }

    /// <summary>Removes a member through another one, waits until it has stopped, and deletes its files.</summary>
    public async Task RemoveAsync(ClusterMember member, ClusterMember through)
    {
        var id = await IdOfAsync(member, through);
        await AgainWhileUnhealthyAsync(() =>
            through.Endpoint.Call<MemberRemoveResponse>("/etcdserverpb.Cluster/MemberRemove", new MemberRemoveRequest { ID = id })
        );
        if (member.IsRunning)
        {
            await member.WaitForExitAsync(TimeSpan.FromSeconds(30));
        }

        await ForgetAsync(member);
    }

    /// <summary>The member's id as another member lists it.</summary>
    public static async Task<ulong> IdOfAsync(ClusterMember member, ClusterMember through)
    {
        var list = await through.Endpoint.MemberList(linearizable: false);
        return list.Members.Single(one => one.PeerURLs.Contains(member.PeerUrl)).ID;
    }

    public async Task ForgetAsync(ClusterMember member)
    {
        _members = _members.Remove(member);
        await member.DisposeAsync();
        Network?.Remove(member.Name);
        if (Directory.Exists(member.DataDirectory))
        {
            Directory.Delete(member.DataDirectory, recursive: true);
        }
    }

    /// <summary>
    /// The member whom a majority of those that answer call the leader in the highest term; null for none, or when it is
    /// paused or gone.
    /// </summary>
    public async Task<ClusterMember?> FindLeaderAsync()
    {
        var answers = await Task.WhenAll(
            _members.Where(member => member is { IsRunning: true, IsPaused: false }).Select(StatusAsync)
        );
        var term = answers.Max(answer => answer.Status?.RaftTerm ?? 0);
        var leader = answers
            .Where(answer => answer.Status?.RaftTerm == term)
            .Select(answer => answer.Status!.Leader)
            .FirstOrDefault(id => id != 0);
        return answers
            .FirstOrDefault(answer => leader != 0 && answer.Status?.Header.MemberId == leader && answer.Status.Leader == leader)
            .Member;
    }

    /// <summary>Waits until somebody leads.</summary>
    public async Task<ClusterMember> LeaderAsync(TimeSpan? within = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await FindLeaderAsync() is { } leader)
            {
                return leader;
            }

            if (Stopwatch.GetElapsedTime(started) > (within ?? StartLimit))
            {
                throw new TimeoutException($"no member leads\n{Output()}");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Makes a member the leader.</summary>
    public async Task MoveLeaderAsync(ClusterMember target)
    {
        for (var tries = 0; ; tries++)
        {
            var leader = await LeaderAsync();
            if (leader == target)
            {
                return;
            }

            try
            {
                var request = new MoveLeaderRequest { TargetID = await IdOfAsync(target, leader) };
                await leader.Endpoint.Call<MoveLeaderResponse>("/etcdserverpb.Maintenance/MoveLeader", request);
            }
            catch (GrpcFailure) when (tries < 5)
            {
                // Who led a moment ago may lead no more; a member that has just started may not be near enough yet.
                await Task.Delay(500);
            }
        }
    }

    /// <summary>Asks again until a linearizable read is answered.</summary>
    public async Task WaitUntilServingAsync(ClusterMember member)
    {
        var started = Stopwatch.GetTimestamp();
        var request = new RangeRequest { Key = ByteString.CopyFromUtf8("\u0001"), CountOnly = true };
        while (true)
        {
            if (!member.IsRunning)
            {
                throw new InvalidOperationException($"{member.Name} has ended:\n{member.Output}");
            }

            try
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                await member.Endpoint.Call<RangeResponse>("/etcdserverpb.KV/Range", request, limit.Token);
                return;
            }
            catch (Exception failure) when (IsNoAnswer(failure))
            {
                if (Stopwatch.GetElapsedTime(started) > StartLimit)
                {
                    throw new TimeoutException($"{member.Name} did not serve within {StartLimit}:\n{member.Output}", failure);
                }

                await Task.Delay(20);
            }
        }
    }

    /// <summary>HashKV of all members at a revision that all of them have: one value when they hold the same.</summary>
    public async Task<IReadOnlyList<(string Member, uint Hash)>> HashesAsync(long revision)
    {
        var hashes = new List<(string, uint)>();
        foreach (var member in _members)
        {
            var answer = await member.Endpoint.HashKV(revision);
            hashes.Add((member.Name, answer.Hash));
        }

        return hashes;
    }

    /// <summary>What the members printed, for the report of a failure.</summary>
    public string Output() =>
        string.Join('\n', _members.Select(member => $"######## {member.Name} ({member.Kind})\n{member.Output}"));

    /// <summary>A call that has no answer, from which nothing follows.</summary>
    public static bool IsNoAnswer(Exception failure) =>
        failure
            is HttpRequestException
                or GrpcFailure
                or TimeoutException
                or IOException
                or OperationCanceledException
                or InvalidDataException;

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.DisposeAsync();
        }

        Network?.Dispose();
        if (_options.DataFolder is null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>A change of members is refused while a member is not connected for long enough or has not started.</summary>
    public static async Task AgainWhileUnhealthyAsync<T>(Func<Task<T>> change)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await change();
                return;
            }
            catch (GrpcFailure failure)
                when (failure.Code is GrpcCode.Unavailable or GrpcCode.FailedPrecondition
                    && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30)
                )
            {
                await Task.Delay(200);
            }
        }
    }

    private ClusterMember Create(ServerKind kind)
    {
        var name = $"m{++_lastNumber}";
        var peerPort = FreePort.Lasting();
        var advertised = Network?.Add(name, peerPort) ?? peerPort;
        var member = new ClusterMember(
            name,
            kind,
            Path.Combine(_folder, name),
            _options.PeersUseSockets ? $"unix://localhost:{peerPort}" : $"http://127.0.0.1:{peerPort}",
            _options.PeersUseSockets ? $"unix://localhost:{advertised}" : $"http://127.0.0.1:{advertised}"
        );
        member.Ended = processId => Network?.ProcessEnded(name, processId);
        _members = _members.Add(member);
        return member;
    }

    private static async Task<(ClusterMember Member, StatusResponse? Status)> StatusAsync(ClusterMember member)
    {
        try
        {
            return (member, await member.StatusAsync(StatusLimit));
        }
        catch (Exception failure) when (IsNoAnswer(failure))
        {
            return (member, null);
        }
    }
}
