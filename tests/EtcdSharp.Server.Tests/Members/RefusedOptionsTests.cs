using EtcdSharp.Edge.Listening;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Members;

/// <summary>What a program that has a member inside can set wrongly is told before the member writes anything or asks anybody.</summary>
public sealed class RefusedOptionsTests
{
    private static readonly Dictionary<string, Func<MemberOptions, MemberOptions>> s_wrong = new(StringComparer.Ordinal)
    {
        ["unknown auto-compaction-mode"] = o => o with { AutoCompactionMode = "sometimes" },
        ["keeps a number of revisions"] = o => o with { AutoCompactionMode = "revision", AutoCompactionRetention = "1h" },
        ["time: invalid duration \"many\""] = o => o with { AutoCompactionRetention = "many" },
        ["\"99999999999\" is a number of hours"] = o => o with { AutoCompactionRetention = "99999999999" },
        ["version 3.4 cannot be emulated"] = o => o with { EmulatedVersion = "3.4" },
        ["unrecognized feature gate: Nothing"] = o => o with { FeatureGates = "Nothing=true" },
        ["--auth-token must be"] = o => o with { AuthToken = "nothing" },
        ["--data-dir names no directory"] = o => o with { DataDirectory = "" },
        ["--data-dir has a zero byte"] = o => o with { DataDirectory = "a\0b" },
        ["--wal-dir has a zero byte"] = o => o with { WalDirectory = "a\0b" },
        ["URL scheme must be http, https, unix, or unixs: here"] = o =>
            o with
            {
                ListenPeerUrls = ["here"],
                SocketReusePort = true,
            },
        ["http://127.0.0.1"] = o => o with { AdvertiseClientUrls = ["http://127.0.0.1"] },
        ["needs a certificate"] = o => o with { ListenPeerUrls = ["https://127.0.0.1:0"] },
        ["there is no directory /no/such"] = o => o with { ListenPeerUrls = ["unix:///no/such/socket"] },
        ["--discovery-endpoints has \"a b\""] = o => o with { DiscoveryEndpoints = ["a b"] },
        ["--discovery-request-timeout must be above 0"] = o =>
            o with
            {
                DiscoveryEndpoints = ["127.0.0.1:1"],
                DiscoveryRequestTimeout = TimeSpan.Zero,
            },
        ["HeartbeatMs must be above 0"] = o => o with { HeartbeatMs = 0 },
        ["MaxRequestBytes must be at least 1"] = o => o with { MaxRequestBytes = 0 },
        ["MaxConcurrentStreams must be at least 1"] = o => o with { MaxConcurrentStreams = -1 },
        ["PeerReadTimeout must be above 0"] = o => o with { PeerReadTimeout = TimeSpan.Zero },
        ["PeerWriteTimeout must be at most"] = o => o with { PeerWriteTimeout = TimeSpan.MaxValue },
        ["WatchProgressInterval must be at most"] = o => o with { WatchProgressInterval = TimeSpan.MaxValue },
        ["CompactHashCheckTime must be above 0"] = o => o with { CompactHashCheckTime = TimeSpan.Zero },
        ["CorruptCheckTime must be at least"] = o => o with { CorruptCheckTime = TimeSpan.FromTicks(1) },
        ["DowngradeCheckTime must be at most"] = o => o with { DowngradeCheckTime = TimeSpan.MaxValue },
        ["Drain must not be negative"] = o => o with { Drain = TimeSpan.FromSeconds(-1) },
        ["KeepAlive.Timeout must be at least"] = o => o with { KeepAlive = new KeepAlivePolicy { Timeout = TimeSpan.Zero } },
    };

    public static TheoryData<string> Wrong => [.. s_wrong.Keys];

    [Theory, MemberData(nameof(Wrong))]
    public async Task A_wrong_option_is_told_before_anything_is_written(string says)
    {
        var disk = new MemoryDisk();
        var refusal = await Assert.ThrowsAsync<BootstrapException>(() => TestMember.StartAsync(disk, s_wrong[says]));
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.False(disk.DirectoryExists(TestMember.Directory));
    }
}
