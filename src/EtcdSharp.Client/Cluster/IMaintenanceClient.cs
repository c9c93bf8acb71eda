using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>
/// The care of members. A call that is about one member takes its endpoint; null lets the client choose.
/// </summary>
public interface IMaintenanceClient
{
    /// <summary>What a member says of itself; sizes in bytes.</summary>
    Task<StatusResponse> StatusAsync(string? endpoint = null, CancellationToken cancellationToken = default);

    /// <summary>The alarms that are raised.</summary>
    Task<AlarmResponse> AlarmsAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends an alarm of a member.</summary>
    Task<AlarmResponse> DisarmAsync(ulong memberId, AlarmType alarm, CancellationToken cancellationToken = default);

    /// <summary>Gives free space of a member's file back to the disk. The member answers nothing meanwhile.</summary>
    Task<DefragmentResponse> DefragmentAsync(string? endpoint = null, CancellationToken cancellationToken = default);

    /// <summary>The hash of a member's keys with their history up to a revision (0: the newest).</summary>
    /// <exception cref="EtcdException"><c>Compacted</c> or <c>FutureRev</c>: the member has not that revision.</exception>
    Task<HashKVResponse> HashKvAsync(string? endpoint = null, long revision = 0, CancellationToken cancellationToken = default);

    /// <summary>Hands the leadership over to another member; the endpoint must be the leader's.</summary>
    /// <exception cref="EtcdException"><c>NotLeader</c>: another endpoint is. <c>BadLeaderTransferee</c>, <c>TimeoutLeaderTransfer</c>.</exception>
    Task<MoveLeaderResponse> MoveLeaderAsync(
        ulong targetId,
        string? endpoint = null,
        CancellationToken cancellationToken = default
    );

    /// <summary>Checks, begins or ends the way back to the version before.</summary>
    /// <param name="action">Which of the three.</param>
    /// <param name="version">Where to, e.g. <c>3.6.0</c>; nothing for ending it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="EtcdException">
    /// <c>InvalidDowngradeTargetVersion</c>, <c>WrongDowngradeVersionFormat</c>, <c>DowngradeInProcess</c>,
    /// <c>NoInflightDowngrade</c>.
    /// </exception>
    Task<DowngradeResponse> DowngradeAsync(
        DowngradeRequest.Types.DowngradeAction action,
        string version = "",
        CancellationToken cancellationToken = default
    );

    /// <summary>The database file of a member as it is now, in pieces; the last 32 bytes are the SHA-256 of those before.</summary>
    IAsyncEnumerable<SnapshotResponse> SnapshotAsync(string? endpoint = null, CancellationToken cancellationToken = default);
}
