using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Edge.Calls;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Mvcc;
using EtcdSharp.Node;
using EtcdSharp.Node.Reads;
using EtcdSharp.Replica.Apply;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Storage.Backend;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Edge.Grpc;

/// <summary>The Maintenance service: what operators ask of one member.</summary>
internal sealed class MaintenanceService(
    IReplicatedLog log,
    MvccStore store,
    HashQueue hashes,
    BackendStore backend,
    AlarmStore alarms,
    Quota quota,
    ClusterState cluster,
    DowngradeService downgrade,
    ServingStatus serving,
    Authentication access,
    Func<ulong, CancellationToken, ValueTask<EtcdError?>> moveLeader,
    ILogger<MaintenanceService> logger
)
{
    /// <summary>
    /// Each holds the file's pages of its moment, so that the file grows by what is written meanwhile, whether one does so or
    /// sixteen; each begins with a commit, which puts wait for: sixteen of some 10 ms, spread by the turns. Those beyond wait,
    /// and who does not read makes room for them.
    /// </summary>
    private const int SnapshotsInFlightMax = 16;

    /// <summary>A piece of 32 KiB as it is read, as a message, and two in the response's pipe.</summary>
    private const int SnapshotBytes = 128 * 1024;

    private readonly LargeReads _snapshots = new(SnapshotsInFlightMax * SnapshotBytes, TimeProvider.System);
    private int _defragmenting;

    public void Register(GrpcServiceBuilder services) =>
        services
            .Unary(MaintenanceMethods.Alarm, AlarmAsync, CallRule.Users)
            .Unary(MaintenanceMethods.Status, StatusAsync, CallRule.Users)
            .Unary(MaintenanceMethods.Defragment, DefragmentAsync, CallRule.Admins)
            .Unary(MaintenanceMethods.Hash, HashAsync, CallRule.Admins)
            .Unary(MaintenanceMethods.HashKV, HashKvAsync, CallRule.Admins)
            .ServerStreaming(MaintenanceMethods.Snapshot, SnapshotAsync, CallRule.Admins)
            .Unary(MaintenanceMethods.MoveLeader, MoveLeaderAsync, CallRule.Admins)
            .Unary(MaintenanceMethods.Downgrade, downgrade.HandleAsync, CallRule.Admins);

    private async ValueTask<GrpcResult<AlarmResponse>> AlarmAsync(AlarmRequest request, CallContext call)
    {
        if (
            request.Action != AlarmRequest.Types.AlarmAction.Get
            && access.View.CheckAdmin(Authentication.CallerOf(call)) is { } refusal
        )
        {
            return refusal.ToStatus();
        }

        var result = await log.ProposeAsync(RequestKind.Alarm, request, CancellationToken.None).ConfigureAwait(false);
        if (result.Error is { } error)
        {
            return error.ToStatus();
        }

        var response = (AlarmResponse)result.Response!;
        response.Header = log.Header(store.CurrentRevision);
        return response;
    }

    private ValueTask<GrpcResult<StatusResponse>> StatusAsync(StatusRequest request, CallContext call)
    {
        var view = cluster.View;
        var leader = log.LeaderId;
        var response = new StatusResponse
        {
            Header = log.Header(store.CurrentRevision),
            Version = cluster.ServerVersion.ToString(),
            DbSize = backend.SizeBytes,
            DbSizeInUse = backend.InUseBytes,
            DbSizeQuota = quota.Bytes,
            Leader = leader,
            RaftIndex = log.CommittedIndex,
            RaftAppliedIndex = log.AppliedIndex,
            RaftTerm = log.Term,
            IsLearner = view.Find(log.MemberId)?.IsLearner ?? false,
            StorageVersion = cluster.StorageVersion.ToString(),
            DowngradeInfo = new Api.DowngradeInfo
            {
                Enabled = view.Downgrade.Enabled,
                TargetVersion = view.Downgrade.TargetVersion,
            },
        };
        if (leader == 0)
        {
            response.Errors.Add(EtcdError.NoLeader.Message);
        }

        response.Errors.AddRange(alarms.List(AlarmType.None).Select(DescribeAlarm));
        return new ValueTask<GrpcResult<StatusResponse>>(response);
    }

    /// <summary>The text form of the message, as Go prints it.</summary>
    private static string DescribeAlarm(AlarmMember alarm) =>
        $"memberID:{alarm.MemberID} alarm:{alarm.Alarm.ToString().ToUpperInvariant()} ";

    private async ValueTask<GrpcResult<DefragmentResponse>> DefragmentAsync(DefragmentRequest request, CallContext call)
    {
        // One after the other is what several at once would come to anyway.
        if (Interlocked.Exchange(ref _defragmenting, 1) != 0)
        {
            return new GrpcStatus(StatusCode.Unavailable, "etcdserver: a defragmentation is running already");
        }

        MaintenanceLog.DefragmentStarting(logger);
        serving.DefragmentationStarted();
        try
        {
            await Task.Run(() => DefragmentLog.Defragment(backend, logger)).ConfigureAwait(false);
        }
        catch (IOException failure)
        {
            MaintenanceLog.DefragmentFailed(logger, failure.Message);
            throw;
        }
        finally
        {
            serving.DefragmentationFinished();
            Volatile.Write(ref _defragmenting, 0);
        }

        MaintenanceLog.DefragmentFinished(logger);
        return new DefragmentResponse();
    }

    private async ValueTask<GrpcResult<HashResponse>> HashAsync(HashRequest request, CallContext call)
    {
        var hash = await hashes.HashAsync(call.CancellationToken).ConfigureAwait(false);
        return new HashResponse { Header = log.Header(store.CurrentRevision), Hash = hash };
    }

    private async ValueTask<GrpcResult<HashKVResponse>> HashKvAsync(HashKVRequest request, CallContext call)
    {
        var (status, hash, current) = await hashes.HashKvAsync(request.Revision, call.CancellationToken).ConfigureAwait(false);
        return status == MvccStatus.Ok
            ? new HashKVResponse
            {
                Header = log.Header(current),
                Hash = hash.Hash,
                CompactRevision = hash.CompactRevision,
                HashRevision = hash.Revision,
            }
            : MvccErrors.Of(status).ToStatus();
    }

    private async ValueTask<GrpcStatus> SnapshotAsync(
        SnapshotRequest request,
        GrpcStreamWriter<SnapshotResponse> responses,
        CallContext call
    )
    {
        var version = cluster.StorageVersion.ToString();
        var cancelled = call.CancellationToken;
        using var place = await _snapshots.EnterAsync(SnapshotBytes, call, cancelled).ConfigureAwait(false);
        using var snapshot = await BeginSnapshotAsync(place, cancelled).ConfigureAwait(false);
        await new SnapshotStreaming(snapshot, version, logger).StreamAsync(responses, place, cancelled).ConfigureAwait(false);
        return GrpcStatus.Ok;
    }

    /// <summary>In a turn: it commits what is pending, and commits stand behind one another anyway.</summary>
    private async ValueTask<BackendSnapshot> BeginSnapshotAsync(LargeRead place, CancellationToken cancelled)
    {
        await place.TakeTurnAsync(cancelled).ConfigureAwait(false);
        try
        {
            return await Task.Run(backend.Snapshot, cancelled).ConfigureAwait(false);
        }
        finally
        {
            place.GiveTurn();
        }
    }

    private async ValueTask<GrpcResult<MoveLeaderResponse>> MoveLeaderAsync(MoveLeaderRequest request, CallContext call)
    {
        if (!log.IsLeader)
        {
            return EtcdError.NotLeader.ToStatus();
        }

        // To move leadership to oneself is done at once; any other target must be a voter that is there.
        var error = cluster.View.Find(request.TargetID) is not { IsLearner: false }
            ? EtcdError.BadLeaderTransferee
            : await moveLeader(request.TargetID, call.CancellationToken).ConfigureAwait(false);
        return error is null ? new MoveLeaderResponse() : error.ToStatus();
    }
}
