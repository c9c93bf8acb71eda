using EtcdSharp.Api;
using EtcdSharp.Grpc.Contract;

namespace EtcdSharp.Client;

internal sealed class MaintenanceClient(Caller caller, CallSettings settings) : IMaintenanceClient
{
    /// <summary>Copying a large file takes its time, so the general deadline does not hold for it.</summary>
    private readonly CallSettings patient = settings with { Timeout = null };

    public async Task<StatusResponse> StatusAsync(string? endpoint, CancellationToken cancellationToken) =>
        await caller.CallAtAsync(
            endpoint,
            MaintenanceMethods.Status,
            new StatusRequest(),
            Repeat.Always,
            settings,
            cancellationToken
        );

    public async Task<AlarmResponse> AlarmsAsync(CancellationToken cancellationToken) =>
        await caller.CallAsync(
            MaintenanceMethods.Alarm,
            new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Get },
            Repeat.Always,
            settings,
            cancellationToken
        );

    public async Task<AlarmResponse> DisarmAsync(ulong memberId, AlarmType alarm, CancellationToken cancellationToken) =>
        await caller.CallAsync(
            MaintenanceMethods.Alarm,
            new AlarmRequest
            {
                Action = AlarmRequest.Types.AlarmAction.Deactivate,
                MemberID = memberId,
                Alarm = alarm,
            },
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public async Task<DefragmentResponse> DefragmentAsync(string? endpoint, CancellationToken cancellationToken) =>
        await caller.CallAtAsync(
            endpoint,
            MaintenanceMethods.Defragment,
            new DefragmentRequest(),
            Repeat.WhenNotDone,
            patient,
            cancellationToken
        );

    public async Task<HashKVResponse> HashKvAsync(string? endpoint, long revision, CancellationToken cancellationToken) =>
        await caller.CallAtAsync(
            endpoint,
            MaintenanceMethods.HashKV,
            new HashKVRequest { Revision = revision },
            Repeat.Always,
            settings,
            cancellationToken
        );

    public async Task<MoveLeaderResponse> MoveLeaderAsync(
        ulong targetId,
        string? endpoint,
        CancellationToken cancellationToken
    ) =>
        await caller.CallAtAsync(
            endpoint,
            MaintenanceMethods.MoveLeader,
            new MoveLeaderRequest { TargetID = targetId },
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public async Task<DowngradeResponse> DowngradeAsync(
        DowngradeRequest.Types.DowngradeAction action,
        string version,
        CancellationToken cancellationToken
    ) =>
        await caller.CallAsync(
            MaintenanceMethods.Downgrade,
            new DowngradeRequest { Action = action, Version = version },
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public IAsyncEnumerable<SnapshotResponse> SnapshotAsync(string? endpoint, CancellationToken cancellationToken) =>
        StreamCall.ManyAsync(caller, endpoint, MaintenanceMethods.Snapshot, new SnapshotRequest(), settings, cancellationToken);
}
