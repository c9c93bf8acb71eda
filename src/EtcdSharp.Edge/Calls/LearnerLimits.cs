using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Edge.Calls;

/// <summary>
/// What a learner answers: its status, reads of its own state, and a snapshot. Whether a read is content with that is
/// in the request, so the KV service looks there.
/// </summary>
internal sealed class LearnerLimits(ClusterState cluster, ulong memberId) : CallStage
{
    private static readonly GrpcStatus s_refused = EtcdError.NotSupportedForLearner.ToStatus();

    private Known _known = new(null, false);

    public bool IsLearner
    {
        get
        {
            var view = cluster.View;
            var known = Volatile.Read(ref _known);
            if (!ReferenceEquals(view, known.View))
            {
                known = new Known(view, view.Find(memberId)?.IsLearner ?? false);
                Volatile.Write(ref _known, known);
            }

            return known.IsLearner;
        }
    }

    public override GrpcStatus Starting(CallContext call) => !IsLearner || IsAnswered(call) ? GrpcStatus.Ok : s_refused;

    private static bool IsAnswered(CallContext call) =>
        call.Path == KvMethods.Range.Path
        || call.Path == MaintenanceMethods.Status.Path
        || call.Path == MaintenanceMethods.Snapshot.Path;

    private sealed record Known(ClusterView? View, bool IsLearner);
}
