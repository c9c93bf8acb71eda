using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Server.Edge.Grpc;
using EtcdSharp.Server.Node;

namespace EtcdSharp.Server.Edge.Admission;

/// <summary>
/// What a client asks for with <c>hasleader: true</c>: that a member which knows no leader refuses at once instead of
/// letting it wait, and that its streams end when there has been no leader for long. It then asks another member.
/// </summary>
internal sealed class LeaderRequirement : GrpcInterceptor, IDisposable
{
    private const string HeaderName = "hasleader";

    /// <summary>To open a stream again costs much more than to refuse a request, so streams outlast an election; etcd's figure.</summary>
    private const int ElectionsWithoutLeaderMax = 3;

    private static readonly GrpcStatus s_noLeader = EtcdError.NoLeader.ToStatus();

    private readonly IReplicatedLog _log;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly HashSet<GrpcServerCall> _streams = [];
    private int _electionsWithoutLeader;

    public LeaderRequirement(IReplicatedLog log, TimeSpan electionTimeout, TimeProvider time)
    {
        _log = log;
        _timer = time.CreateTimer(_ => LookForLeader(), null, electionTimeout, electionTimeout);
    }

    public override GrpcStatus Starting(GrpcServerCall call)
    {
        var asked = call.RequestHeaders[HeaderName];
        if (asked.Count == 0 || asked[0] != "true")
        {
            return GrpcStatus.Ok;
        }

        if (_log.LeaderId == 0)
        {
            return s_noLeader;
        }

        if (call.Kind != GrpcMethodKind.Unary)
        {
            lock (_gate)
            {
                _streams.Add(call);
            }
        }

        return GrpcStatus.Ok;
    }

    /// <summary>Comes back only when nobody ends this call any more: its object serves another one next.</summary>
    public override void Finished(GrpcServerCall call, GrpcStatus status)
    {
        if (call.Kind != GrpcMethodKind.Unary)
        {
            lock (_gate)
            {
                _streams.Remove(call);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void LookForLeader()
    {
        lock (_gate)
        {
            _electionsWithoutLeader = _log.LeaderId == 0 ? _electionsWithoutLeader + 1 : 0;
            if (_electionsWithoutLeader < ElectionsWithoutLeaderMax)
            {
                return;
            }

            foreach (var call in _streams.ToArray())
            {
                // Ending one may let others end on this very thread.
                if (_streams.Remove(call))
                {
                    call.Cancel(s_noLeader);
                }
            }
        }
    }
}
