using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Node;

namespace EtcdSharp.Edge.Calls;

/// <summary>
/// What a client asks for with <c>hasleader: true</c>: that a member which knows no leader refuses at once instead of
/// letting it wait, and that its streams end when there has been no leader for long. It then asks another member.
/// </summary>
internal sealed class LeaderRequirement(IReplicatedLog log) : CallStage, IDisposable
{
    private const string HeaderName = "hasleader";

    /// <summary>To open a stream again costs much more than to refuse a request, so streams outlast an election; etcd's figure.</summary>
    private const int ElectionsWithoutLeaderMax = 3;

    private static readonly GrpcStatus s_noLeader = EtcdError.NoLeader.ToStatus();

    private ITimer? _timer;
    private int _electionsWithoutLeader;

    /// <summary>From here on the streams of <paramref name="services"/> end when there is no leader.</summary>
    public void Follow(CallTable services, TimeSpan electionTimeout, TimeProvider time) =>
        _timer = time.CreateTimer(_ => LookForLeader(services), null, electionTimeout, electionTimeout);

    public override GrpcStatus Starting(CallContext call) => log.LeaderId == 0 && IsRequired(call) ? s_noLeader : GrpcStatus.Ok;

    public void Dispose() => _timer?.Dispose();

    private static bool IsRequired(CallContext call) => call.FirstHeader(HeaderName) == "true";

    private void LookForLeader(CallTable services)
    {
        _electionsWithoutLeader = log.LeaderId == 0 ? _electionsWithoutLeader + 1 : 0;
        if (_electionsWithoutLeader >= ElectionsWithoutLeaderMax)
        {
            services.CancelStreams(static call => call.Kind != GrpcMethodKind.Unary && IsRequired(call), s_noLeader);
        }
    }
}
