using System.Net;
using System.Net.Sockets;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Server.Configuration;
using EtcdSharp.Server.Tests.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Members;

/// <summary>
/// A value that is taken works: a member with all flags at an end of what they take starts, stores and reads. And a value that
/// cannot work is told before the member writes anything.
/// </summary>
public sealed class ExtremeOptionsTests
{
    private static readonly string[] s_durations =
    [
        "backend-batch-interval",
        "grpc-keepalive-min-time",
        "grpc-keepalive-interval",
        "grpc-keepalive-timeout",
        "raft-read-timeout",
        "raft-write-timeout",
        "discovery-dial-timeout",
        "discovery-request-timeout",
        "corrupt-check-time",
        "compact-hash-check-time",
        "compaction-sleep-interval",
        "watch-progress-notify-interval",
        "downgrade-check-time",
        "warning-apply-duration",
        "warning-unary-request-duration",
    ];

    private static readonly string[] s_numbers =
    [
        "snapshot-count",
        "snapshot-catchup-entries",
        "max-snapshots",
        "max-wals",
        "backend-batch-limit",
        "auth-token-ttl",
        "bcrypt-cost",
        "bootstrap-defrag-threshold-megabytes",
        "quota-backend-bytes",
        "compaction-batch-limit",
        "max-learners",
        "max-txn-ops",
        "max-concurrent-streams",
        "max-request-bytes",
    ];

    private static readonly string[] s_gates = ["--feature-gates=CompactHashCheck=true,LeaseCheckpoint=true"];

    public static TheoryData<string> Ends => ["zero", "one", "huge", "negative"];

    private static IEnumerable<string> Arguments(string end)
    {
        foreach (var flag in s_durations)
        {
            var value = end switch
            {
                "zero" => flag == "compact-hash-check-time" ? "1ns" : "0s",
                "one" => "1ns",
                "huge" => "2562047h47m16s",
                _ => flag is "corrupt-check-time" or "compact-hash-check-time" ? "1s" : "-1h",
            };
            yield return $"--{flag}={value}";
        }

        foreach (var flag in s_numbers)
        {
            var value = (end, flag) switch
            {
                ("zero", "max-request-bytes" or "max-txn-ops") => "1000",
                ("zero", _) => "0",
                ("one", "max-request-bytes") => "1000",
                ("one", "quota-backend-bytes") => "1000000000",
                ("one", _) => "1",
                ("huge", "max-request-bytes" or "compaction-batch-limit") => "2147483647",
                ("huge", "quota-backend-bytes" or "max-learners" or "backend-batch-limit") => "9223372036854775807",
                ("huge", "max-concurrent-streams") => "4294967295",
                ("huge", _) => "18446744073709551615",
                (_, "quota-backend-bytes" or "backend-batch-limit") => "-1",
                _ => FlagTable.Flags.ByName[flag].Default,
            };
            yield return $"--{flag}={value}";
        }

        yield return end switch
        {
            "zero" => "--auto-compaction-retention=0",
            "one" => "--auto-compaction-retention=1ns",
            "huge" => "--auto-compaction-retention=2562047",
            _ => "--auto-compaction-retention=1h",
        };
    }

    [Theory, MemberData(nameof(Ends))]
    public async Task A_member_works_at_every_end_of_what_its_flags_take(string end)
    {
        var reading = ConfigurationReader.Read([.. Arguments(end), .. s_gates], new System.Collections.Hashtable());
        Assert.Null(reading.Error);
        var given = reading.Options!;
        using var log = new RecordedLines();
        await using var member = await TestMember.StartAsync(configure: options =>
            given with
            {
                Logging = log,
                DataDirectory = options.DataDirectory,
                ListenClientUrls = options.ListenClientUrls,
                ListenPeerUrls = ["http://127.0.0.1:0"],
                Disk = options.Disk,
                Fatal = options.Fatal,
            }
        );
        for (var i = 0; i < 20; i++)
        {
            await member.PutAsync("k", $"v{i}");
        }

        Assert.Equal("v19", Assert.Single((await member.RangeAsync("k")).Kvs).Value.ToStringUtf8());
        Assert.False(member.Member.Completion.IsCompleted);
        await member.DisposeAsync();
        Assert.Empty(log.At("error"));
    }

    [Fact]
    public async Task An_address_that_another_has_is_told_before_anything_is_written()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        Func<MemberOptions, MemberOptions>[] ways =
        [
            options => options with { ListenClientUrls = [url] },
            options => options with { ListenPeerUrls = [url] },
            options => options with { ListenMetricsUrls = [url] },
            options => options with { ListenClientHttpUrls = [url] },
        ];
        foreach (var way in ways)
        {
            var disk = new MemoryDisk();
            var refusal = await Assert.ThrowsAsync<BootstrapException>(() => TestMember.StartAsync(disk, way));
            Assert.Contains($"cannot listen on {url}", refusal.Message, StringComparison.Ordinal);
            Assert.False(disk.DirectoryExists(TestMember.Directory));
        }
    }

    [Fact]
    public async Task Numbers_that_contradict_each_other_are_told_with_both()
    {
        var refusal = await Assert.ThrowsAsync<BootstrapException>(() =>
            TestMember.StartAsync(configure: options => options with { HeartbeatMs = 500, ElectionMs = 600 })
        );
        Assert.Contains("500", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("600", refusal.Message, StringComparison.Ordinal);
    }
}
