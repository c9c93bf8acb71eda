using System.Globalization;
using System.Text.Json;
using EtcdSharp.Platform.Network;
using EtcdSharp.Platform.Text;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>A setting as etcd prints it when it starts, and the same of ours.</summary>
internal static class EffectiveValue
{
    // csharpier-ignore - a table reads best with one row a line.
    private static readonly (string Flag, string Field, Func<MemberOptions, string> Ours)[] s_fields =
    [
        ("name", "name", c => c.Name),
        ("data-dir", "data-dir", c => c.DataDirectory),
        ("wal-dir", "wal-dir", c => c.WalDirectory ?? ""),
        ("force-new-cluster", "force-new-cluster", c => Text(c.ForceNewCluster)),
        ("heartbeat-interval", "heartbeat-interval", c => GoDuration.Format(TimeSpan.FromMilliseconds(c.HeartbeatMs))),
        ("initial-election-tick-advance", "initial-election-tick-advance", c => Text(c.InitialElectionTickAdvance)),
        ("max-wals", "max-wals", c => Text(c.MaxWalFiles)),
        ("max-snapshots", "max-snapshots", c => Text(c.MaxSnapshotFiles)),
        ("initial-advertise-peer-urls", "initial-advertise-peer-urls", c => Text(c.AdvertisePeerUrls)),
        ("listen-peer-urls", "listen-peer-urls", c => Text(c.ListenPeerUrls)),
        ("advertise-client-urls", "advertise-client-urls", c => Text(c.AdvertiseClientUrls!)),
        ("listen-client-urls", "listen-client-urls", c => Text(c.ListenClientUrls)),
        ("listen-metrics-urls", "listen-metrics-urls", c => Text(c.ListenMetricsUrls)),
        ("initial-cluster-state", "initial-cluster-state", c => c.NewCluster ? "new" : "existing"),
        ("initial-cluster-token", "initial-cluster-token", c => c.InitialClusterToken),
        ("quota-backend-bytes", "quota-backend-bytes", c => Text(c.QuotaBackendBytes)),
        ("max-request-bytes", "max-request-bytes", c => Text(c.MaxRequestBytes)),
        ("max-concurrent-streams", "max-concurrent-streams", c => Text(c.Of(FlagTable.MaxConcurrentStreams))),
        ("pre-vote", "pre-vote", c => Text(c.PreVote)),
        ("auto-compaction-mode", "auto-compaction-mode", c => c.AutoCompactionMode),
    ];

    /// <summary>Where real etcd uses another value than ours, as "flag: theirs, ours"; of one flag or of all.</summary>
    public static IEnumerable<string> Differences(JsonElement real, MemberOptions ours, FlagDefinition? flag = null)
    {
        foreach (var field in s_fields.Where(field => flag is null || field.Flag == flag.Name))
        {
            var (theirs, own) = (Text(real.GetProperty(field.Field)), field.Ours(ours));
            if (theirs != own && !IsCapped(field.Flag, theirs, own))
            {
                yield return $"{field.Flag}: {theirs} in etcd, {own} here";
            }
        }
    }

    /// <summary>A number of files that nobody has counts as 2^31 - 1 here.</summary>
    private static bool IsCapped(string flag, string theirs, string own) =>
        flag is "max-wals" or "max-snapshots"
        && own == Text(int.MaxValue)
        && ulong.TryParse(theirs, CultureInfo.InvariantCulture, out var files)
        && files > int.MaxValue;

    private static string Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(item => item.GetString())),
            _ => value.GetRawText(),
        };

    private static string Text(bool value) => value ? "true" : "false";

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Text(IReadOnlyList<string> urls) => string.Join(',', urls);
}
