using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Node;
using EtcdSharp.Replica.Apply;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Edge.Grpc;

/// <summary>Refuses what does not fit into the backend's quota before it gets into the log, and raises the alarm.</summary>
internal sealed class QuotaGuard(Quota quota, IReplicatedLog log)
{
    public bool HasRoomFor(RequestKind kind, ReadOnlySpan<byte> body) => quota.HasRoomFor(kind, body);

    /// <summary>For whoever knows the cost already.</summary>
    public bool HasRoomFor(long cost) => quota.HasRoomFor(cost);

    /// <summary>Raises the NOSPACE alarm of this member and waits until the cluster knows; the answer to the client is the same if it fails.</summary>
    public async ValueTask<EtcdError> RefuseAsync(CancellationToken cancellation)
    {
        await RaiseAsync(log, cancellation).ConfigureAwait(false);
        return EtcdError.NoSpace;
    }

    public static async Task RaiseAsync(IReplicatedLog log, CancellationToken cancellation)
    {
        var alarm = new AlarmRequest
        {
            MemberID = log.MemberId,
            Action = AlarmRequest.Types.AlarmAction.Activate,
            Alarm = AlarmType.Nospace,
        };
        await log.ProposeAsync(RequestKind.Alarm, alarm, cancellation).ConfigureAwait(false);
    }
}
