using EtcdSharp.Api;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Harness;
using EtcdSharp.Platform.Simulated;
using Google.Protobuf;

namespace EtcdSharp.Server.Tests.Peer;

/// <summary>Members in this process that talk to each other over loopback, each on a disk of its own in memory.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    /// <summary>For what is certain to come, on a machine that has other things to do as well.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, MemoryDisk> _disks = [];
    private readonly Dictionary<string, string> _peerUrls = [];
    private readonly Func<MemberOptions, MemberOptions> _configure;

    private TestCluster(Func<MemberOptions, MemberOptions>? configure) => _configure = configure ?? (static options => options);

    public Dictionary<string, Member> Members { get; } = [];

    public Dictionary<string, GrpcChannel> Channels { get; } = [];

    public static async Task<TestCluster> StartAsync(int count, Func<MemberOptions, MemberOptions>? configure = null)
    {
        var cluster = new TestCluster(configure);
        for (var i = 1; i <= count; i++)
        {
            cluster._peerUrls.Add($"m{i}", $"http://127.0.0.1:{FreePort.Lasting()}");
        }

        await Task.WhenAll(cluster._peerUrls.Keys.ToArray().Select(name => cluster.StartMemberAsync(name)));
        return cluster;
    }

    /// <summary>The URL under which a member that is still to be added will be reached.</summary>
    public string Announce(string name) => _peerUrls[name] = $"http://127.0.0.1:{FreePort.Lasting()}";

    public async Task StartMemberAsync(string name, bool newCluster = true)
    {
        var options = new MemberOptions
        {
            Name = name,
            DataDirectory = "/member",
            Disk = DiskOf(name),
            ListenClientUrls = ["http://127.0.0.1:0"],
            ListenPeerUrls = [_peerUrls[name]],
            AdvertisePeerUrls = [_peerUrls[name]],
            InitialCluster = [.. _peerUrls.Select(pair => (pair.Key, pair.Value))],
            NewCluster = newCluster,
            HeartbeatMs = 50,
            ElectionMs = 500,
            Drain = TimeSpan.FromMilliseconds(100),
            Fatal = static (part, failure) => throw new InvalidOperationException($"{part} failed", failure),
        };
        using var enough = new CancellationTokenSource(Patience);
        var member = await Member.StartAsync(_configure(options), enough.Token);
        lock (Members)
        {
            Members[name] = member;
            Channels[name] = new GrpcChannel(member.ClientUrls[0]);
        }
    }

    public async Task StopMemberAsync(string name)
    {
        Channels.Remove(name, out var channel);
        channel?.Dispose();
        Members.Remove(name, out var member);
        await member!.StopAsync();
    }

    /// <summary>The disk of a member, over all its starts.</summary>
    public MemoryDisk DiskOf(string name)
    {
        lock (_disks)
        {
            return _disks.TryGetValue(name, out var known) ? known : _disks[name] = new MemoryDisk();
        }
    }

    public string Leader()
    {
        var leader = Members.FirstOrDefault(pair => pair.Value.Node.State.IsLeader).Key;
        return leader ?? throw new InvalidOperationException("no member leads");
    }

    public string Follower() => Members.First(pair => !pair.Value.Node.State.IsLeader).Key;

    public async Task PutAsync(string name, string key, string value) =>
        await Channels[name].UnaryAsync(KvMethods.Put, new PutRequest { Key = Bytes(key), Value = Bytes(value) });

    /// <summary>Puts at any member that takes it, as a client with several endpoints does.</summary>
    public async Task PutAnywhereAsync(string key, string value)
    {
        var deadline = DateTime.UtcNow.AddSeconds(12);
        while (true)
        {
            foreach (var name in Channels.Keys.ToArray())
            {
                try
                {
                    await PutAsync(name, key, value);
                    return;
                }
                catch (GrpcStatusException e) when (e.Status.Code == StatusCode.Unavailable && DateTime.UtcNow < deadline)
                {
                    continue;
                }
            }
        }
    }

    public async Task<string?> GetAsync(string name, string key)
    {
        var response = await Channels[name].UnaryAsync(KvMethods.Range, new RangeRequest { Key = Bytes(key) });
        return response.Kvs.Count == 0 ? null : response.Kvs[0].Value.ToStringUtf8();
    }

    /// <summary>The hash of all members at one revision: one value when they hold the same.</summary>
    public async Task<uint[]> HashesAsync()
    {
        foreach (var name in Channels.Keys)
        {
            await GetAsync(name, "wait until everything is applied");
        }

        var revision = Members.Values.Min(member => member.Store.Kv.CurrentRevision);
        var hashes = new List<uint>();
        foreach (var channel in Channels.Values)
        {
            var response = await channel.UnaryAsync(MaintenanceMethods.HashKV, new HashKVRequest { Revision = revision });
            hashes.Add(response.Hash);
        }

        return [.. hashes.Distinct()];
    }

    /// <summary>Waits for something that other threads bring about; says what when it does not come.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"within {Patience.TotalSeconds} s it did not come to this: {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in Channels.Values)
        {
            channel.Dispose();
        }

        await Task.WhenAll(Members.Values.Select(member => member.StopAsync()));
    }

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);
}
