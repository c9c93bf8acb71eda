using System.Diagnostics;
using EtcdSharp.Api.Errors;
using EtcdSharp.Api.Membershippb;
using EtcdSharp.Server.Logging;
using EtcdSharp.Server.Membership;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Node;

/// <summary>What a member tells the cluster of itself and, when it leads, of the cluster's version.</summary>
/// <param name="lowestVersion">The lowest release among all members; null while one of them cannot be asked.</param>
internal sealed class Publication(
    IReplicatedLog log,
    ClusterState cluster,
    Func<CancellationToken, Task<EtcdVersion?>> lowestVersion,
    ILogger logger
)
{
    /// <summary>How often the leader looks whether the version must change although nothing called for it.</summary>
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

    /// <summary>Publishes name and client URLs, as often as it takes. Clients are served after it.</summary>
    /// <exception cref="OperationCanceledException">The member stops.</exception>
    public async Task PublishAttributesAsync(string name, IReadOnlyList<string> clientUrls, CancellationToken stopping)
    {
        var request = new ClusterMemberAttrSetRequest
        {
            MemberID = log.MemberId,
            MemberAttributes = new Attributes { Name = name },
        };
        request.MemberAttributes.ClientUrls.AddRange(clientUrls);
        while (await ProposeAsync(RequestKind.ClusterMemberAttrSet, request, stopping).ConfigureAwait(false) is { } error)
        {
            stopping.ThrowIfCancellationRequested();
            if (ReferenceEquals(error, EtcdError.Stopped))
            {
                throw new OperationCanceledException("the member stopped before it was part of the cluster");
            }
        }
    }

    /// <summary>Keeps the cluster's version at what its members can do, and lets a finished downgrade end.</summary>
    public async Task FollowVersionAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await _termBegun.WaitAsync(VersionInterval, stopping).ConfigureAwait(false);
            if (!log.IsLeader)
            {
                continue;
            }

            var lowest = await lowestVersion(stopping).ConfigureAwait(false);
            if (NextVersion(cluster.View, lowest) is { } version)
            {
                var request = new ClusterVersionSetRequest { Ver = version.ToString() };
                if (cluster.View.Version is null)
                {
                    StartLog.SettingClusterVersion(logger, request.Ver);
                }

                if (await ProposeAsync(RequestKind.ClusterVersionSet, request, stopping).ConfigureAwait(false) is null)
                {
                    StartLog.ClusterVersionUpdated(logger, request.Ver);
                }
            }
        }
    }

    /// <summary>The version to set, null to leave it.</summary>
    internal static EtcdVersion? NextVersion(ClusterView view, EtcdVersion? lowest)
    {
        if (view.Version is not { } current)
        {
            return lowest?.Release ?? EtcdVersion.OldestCluster;
        }

        if (view.Downgrade.Enabled && EtcdVersion.TryParse(view.Downgrade.TargetVersion, out var target))
        {
            return target.Release != current && target.Release == current.DowngradeTarget ? target.Release : null;
        }

        return lowest is { } release && current < release.Release ? release.Release : null;
    }

    private async Task<EtcdError?> ProposeAsync(RequestKind kind, IMessage request, CancellationToken stopping)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await log.ProposeAsync(kind, request, stopping).ConfigureAwait(false);
        NodeMetrics.RequestSeconds.Record(
            Stopwatch.GetElapsedTime(start).TotalSeconds,
            new("type", kind.ToString()),
            new("success", result.Error is null)
        );
        return result.Error;
    }
}
