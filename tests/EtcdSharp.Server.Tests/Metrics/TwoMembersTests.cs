using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using EtcdSharp.Server.Tests.Members;

namespace EtcdSharp.Server.Tests.Metrics;

/// <summary>Two members in a process, as in a test or an application, count apart.</summary>
public sealed class TwoMembersTests
{
    /// <summary>What still counts for the whole process; see docs/differences.md.</summary>
    private static readonly string[] s_shared = ["NodeMetrics", "PeerMetrics", "HttpMetrics", "GrpcServerMetrics"];

    private static async Task<Dictionary<string, double>> ScrapeAsync(TestMember member)
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(new Uri(member.Member.ClientUrls[0]), "/metrics"));
        return text.Split('\n')
            .Where(static line => line.Length != 0 && line[0] != '#')
            .Select(static line => (line, space: line.LastIndexOf(' ')))
            .ToDictionary(
                static at => at.line[..at.space],
                static at => double.Parse(at.line[(at.space + 1)..], CultureInfo.InvariantCulture),
                StringComparer.Ordinal
            );
    }

    [Fact]
    public async Task What_one_member_does_the_other_does_not_count()
    {
        await using var busy = await TestMember.StartAsync();
        await using var idle = await TestMember.StartAsync();
        var (busyBefore, idleBefore) = (await ScrapeAsync(busy), await ScrapeAsync(idle));
        for (var i = 0; i < 10; i++)
        {
            await busy.PutAsync($"key{i}", "12345678");
        }

        var (busyAfter, idleAfter) = (await ScrapeAsync(busy), await ScrapeAsync(idle));
        double Busy(string metric) => busyAfter[metric] - busyBefore[metric];
        Assert.Equal(10, Busy("etcd_mvcc_put_total"));

        // Keys and values, without what the store writes beside them: 10 × (4 + 8).
        Assert.Equal(120, Busy("etcd_debugging_mvcc_total_put_size_in_bytes"));
        Assert.Equal(10, Busy("etcd_debugging_mvcc_keys_total"));
        Assert.True(Busy("etcd_disk_wal_fsync_duration_seconds_count") > 0);
        string[] counted =
        [
            "etcd_mvcc_put_total",
            "etcd_debugging_mvcc_total_put_size_in_bytes",
            "etcd_debugging_mvcc_keys_total",
        ];
        foreach (var metric in counted)
        {
            Assert.True(idleBefore[metric] == idleAfter[metric], $"{metric}: {idleBefore[metric]} and then {idleAfter[metric]}");
        }
    }

    [Fact]
    public void No_instrument_belongs_to_the_whole_process()
    {
        var shared = new[]
        {
            typeof(Member),
            typeof(Mvcc.MvccStore),
            typeof(Storage.Backend.BackendStore),
            typeof(Grpc.Server.GrpcServerOptions),
        }
            .SelectMany(static type => type.Assembly.GetTypes())
            .Where(static type =>
                type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
                    .Any(static field => typeof(Instrument).IsAssignableFrom(field.FieldType) || field.FieldType == typeof(Meter))
            )
            .Select(static type => type.Name);
        Assert.Equal(s_shared.Order(StringComparer.Ordinal), shared.Order(StringComparer.Ordinal));
    }
}
