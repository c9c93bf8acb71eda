using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Api.Membershippb;
using EtcdSharp.Edge.Calls;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Mvcc;
using EtcdSharp.Node;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Replica.Requests;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Edge.Grpc;

/// <summary>The Downgrade call: prepares the cluster for members of the release before.</summary>
internal sealed class DowngradeService(IReplicatedLog log, MvccStore store, ClusterState cluster, ILogger logger)
{
    public async ValueTask<GrpcResult<DowngradeResponse>> HandleAsync(DowngradeRequest request, CallContext call)
    {
        var error = request.Action switch
        {
            DowngradeRequest.Types.DowngradeAction.Validate => await ValidateAsync(request.Version).ConfigureAwait(false),
            DowngradeRequest.Types.DowngradeAction.Enable => await EnableAsync(request.Version).ConfigureAwait(false),
            DowngradeRequest.Types.DowngradeAction.Cancel => await CancelAsync().ConfigureAwait(false),
            _ => EtcdError.UnknownMethod,
        };
        if (error is not null)
        {
            if (request.Action == DowngradeRequest.Types.DowngradeAction.Enable)
            {
                VersionLog.Rejected(logger, error.Message);
            }
            else if (request.Action == DowngradeRequest.Types.DowngradeAction.Cancel)
            {
                VersionLog.CancelFailed(logger, error.Message);
            }

            return error.ToStatus();
        }

        return new DowngradeResponse
        {
            Header = log.Header(store.CurrentRevision),
            Version = cluster.View.Version?.ToReleaseString() ?? "",
        };
    }

    private async ValueTask<EtcdError?> ValidateAsync(string text)
    {
        if (!EtcdVersion.TryParse(text, out var target))
        {
            return EtcdError.WrongDowngradeVersionFormat;
        }

        if (cluster.View.Version is null)
        {
            return EtcdError.ClusterVersionUnavailable;
        }

        if (await log.ReadBarrierAsync(CancellationToken.None).ConfigureAwait(false) is { } error)
        {
            return error;
        }

        var view = cluster.View;
        if (target.Release != view.Version?.DowngradeTarget)
        {
            return EtcdError.InvalidDowngradeTargetVersion;
        }

        return view.Downgrade.Enabled ? EtcdError.DowngradeInProcess : null;
    }

    private async ValueTask<EtcdError?> EnableAsync(string text)
    {
        if (await ValidateAsync(text).ConfigureAwait(false) is { } error)
        {
            return error;
        }

        if (!EtcdVersion.TryParse(text, out var target))
        {
            return EtcdError.WrongDowngradeVersionFormat;
        }

        var request = new DowngradeInfoSetRequest { Enabled = true, Ver = target.Release.ToString() };
        return (
            await log.ProposeAsync(RequestKind.DowngradeInfoSet, request, CancellationToken.None).ConfigureAwait(false)
        ).Error;
    }

    private async ValueTask<EtcdError?> CancelAsync()
    {
        if (await log.ReadBarrierAsync(CancellationToken.None).ConfigureAwait(false) is { } error)
        {
            return error;
        }

        if (!cluster.View.Downgrade.Enabled)
        {
            return EtcdError.NoInflightDowngrade;
        }

        var request = new DowngradeInfoSetRequest { Enabled = false };
        return (
            await log.ProposeAsync(RequestKind.DowngradeInfoSet, request, CancellationToken.None).ConfigureAwait(false)
        ).Error;
    }
}
