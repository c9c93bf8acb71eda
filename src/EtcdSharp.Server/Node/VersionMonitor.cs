using System.Diagnostics;
using EtcdSharp.Api.Errors;
using EtcdSharp.Api.Membershippb;
using EtcdSharp.Server.Logging;
using EtcdSharp.Server.Membership;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Node;

/// <summary>
/// Keeps the cluster's version at what its members can do, or leads it down where that is wanted, and lets a downgrade end
/// when all members have arrived. Acts on the leader alone.
/// </summary>
/// <param name="versions">What each member says it is; null for one that cannot be asked.</param>
internal sealed class VersionMonitor(
    IReplicatedLog log,
    ClusterState cluster,
    Func<CancellationToken, Task<IReadOnlyList<(ulong Member, EtcdVersion? Version)>>> versions,
    NodeMetrics metrics,
    ILogger logger
)
{
    /// <summary>How often the leader looks whether the version must change although nothing called for it; etcd's figure.</summary>
    private static readonly TimeSpan VersionInterval = TimeSpan.FromSeconds(4);

    private readonly SemaphoreSlim _termBegun = new(0, 1);

    /// <summary>Apply loop: a leader can act now.</summary>
    public void TermBegun()
    {
        if (_termBegun.CurrentCount == 0)
        {
            _termBegun.Release();
        }
    }

    public async Task FollowVersionAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await _termBegun.WaitAsync(VersionInterval, stopping).ConfigureAwait(false);
            if (log.IsLeader)
            {
                var lowest = LowestOf(await versions(stopping).ConfigureAwait(false));
                if (NextVersion(cluster.View, lowest, logger) is { } version)
                {
                    await SetAsync(version, stopping).ConfigureAwait(false);
                }
            }
        }
    }

    /// <param name="interval">--downgrade-check-time.</param>
    public async Task FollowDowngradeAsync(TimeSpan interval, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            if (log.IsLeader)
            {
                await EndDowngradeAsync(stopping).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The version to set, null to leave it.</summary>
    /// <param name="lowest">The lowest release among all members; null while one of them cannot be asked.</param>
    internal static EtcdVersion? NextVersion(ClusterView view, EtcdVersion? lowest, ILogger logger)
    {
        if (view.Version is not { } current)
        {
            return lowest?.Release ?? EtcdVersion.OldestCluster;
        }

        if (lowest is not { } release)
        {
            return null;
        }

        if (!view.Downgrade.Enabled || !EtcdVersion.TryParse(view.Downgrade.TargetVersion, out var target))
        {
            return current < release.Release ? release.Release : null;
        }

        if (target.Release == current)
        {
            return null;
        }

        if (target.Release != current.DowngradeTarget)
        {
            VersionLog.CannotLeaveClusterVersion(logger, view.Downgrade.TargetVersion, current.ToString());
            return null;
        }

        if (target.Release != release.DowngradeTarget)
        {
            VersionLog.CannotLeaveServerVersion(logger, view.Downgrade.TargetVersion, release.ToString());
            return null;
        }

        return target.Release;
    }

    private static EtcdVersion? LowestOf(IReadOnlyList<(ulong Member, EtcdVersion? Version)> members) =>
        members.Any(member => member.Version is null) ? null : members.Min(member => member.Version);

    private async Task SetAsync(EtcdVersion version, CancellationToken stopping)
    {
        var text = version.ToReleaseString();
        if (cluster.View.Version is { } before)
        {
            VersionLog.UpdatingClusterVersion(logger, before.ToReleaseString(), text);
        }
        else
        {
            VersionLog.SettingClusterVersion(logger, text);
        }

        var request = new ClusterVersionSetRequest { Ver = version.ToString() };
        if (await ProposeAsync(RequestKind.ClusterVersionSet, request, stopping).ConfigureAwait(false) is { } error)
        {
            VersionLog.ClusterVersionNotUpdated(logger, error.Message);
        }
        else
        {
            VersionLog.ClusterVersionUpdated(logger, text);
        }
    }

    private async Task EndDowngradeAsync(CancellationToken stopping)
    {
        var downgrade = cluster.View.Downgrade;
        if (!downgrade.Enabled || !EtcdVersion.TryParse(downgrade.TargetVersion, out var target))
        {
            return;
        }

        foreach (var (member, version) in await versions(stopping).ConfigureAwait(false))
        {
            if (version is null)
            {
                return;
            }

            if (version.Value.Release != target.Release)
            {
                VersionLog.NotThereYet(
                    logger,
                    MemberIds.ToText(member),
                    version.Value.Release.ToString(),
                    target.Release.ToString()
                );
                return;
            }
        }

        VersionLog.Downgraded(logger, downgrade.TargetVersion);
        var request = new DowngradeInfoSetRequest { Enabled = false };
        if (await ProposeAsync(RequestKind.DowngradeInfoSet, request, stopping).ConfigureAwait(false) is { } error)
        {
            VersionLog.CancelFailed(logger, error.Message);
        }
    }

    private async Task<EtcdError?> ProposeAsync(RequestKind kind, IMessage request, CancellationToken stopping)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await log.ProposeAsync(kind, request, stopping).ConfigureAwait(false);
        metrics.RequestSeconds.Record(
            Stopwatch.GetElapsedTime(start).TotalSeconds,
            new("type", kind.ToString()),
            new("success", result.Error is null)
        );
        return result.Error;
    }
}
