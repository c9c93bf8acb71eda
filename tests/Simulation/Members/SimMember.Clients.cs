using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Raft;
using EtcdSharp.Server.Node;
using EtcdSharp.Simulation.Checking;
using EtcdSharp.Simulation.Clients;
using EtcdSharp.Simulation.Faults;

namespace EtcdSharp.Simulation.Members;

/// <summary>This part is the edge: requests come in, answers go out.</summary>
internal sealed partial class SimMember
{
    private readonly HashSet<long> _renewing = [];
    private readonly List<(Task<EtcdError?> Barrier, TaskCompletionSource<EtcdError?> Waiting)> _barriers = [];

    /// <summary>Completes when a turn of a loop has completed the barrier, so that whoever waits goes on within that turn.</summary>
    public Task<EtcdError?> WhenCompleted(Task<EtcdError?> barrier)
    {
        var waiting = new TaskCompletionSource<EtcdError?>();
        _barriers.Add((barrier, waiting));
        return waiting.Task;
    }

    private void LetReadersGoOn()
    {
        for (var i = 0; i < _barriers.Count; i++)
        {
            var (barrier, waiting) = _barriers[i];
            if (barrier.IsCompleted)
            {
                _barriers.RemoveAt(i--);
                waiting.SetResult(barrier.Result);
            }
        }
    }

    /// <summary>Carries out a call; <paramref name="reply"/> may be called later, in another event, or never.</summary>
    public void Handle(Operation operation, Action<Answer> reply)
    {
        if (operation.Kind == Operation.KeepAlive)
        {
            KeepAlive(((LeaseKeepAliveRequest)operation.Request).ID, reply);
        }
        else if (operation.Kind == RequestKind.Range)
        {
            Read(operation, reply);
        }
        else
        {
            Propose(operation, reply);
        }
    }

    public void TransferLeader(ulong to) => Do(() => Node.Loop.Post(raft => raft.TransferLeader(to)));

    public void ProposeConfiguration(ConfChange change) => Do(() => Node.Loop.Post(raft => raft.ProposeConfChange(change)));

    private void Propose(Operation operation, Action<Answer> reply)
    {
        var result = Log.ProposeAsync(operation.Kind, operation.Request, CancellationToken.None);

        // Nobody else takes an id between the call and this one, so the request has the id before it.
        var id = Log.NextRequestId() - 1;
        if (operation.Kind == RequestKind.LeaseRevoke)
        {
            World.Leases.RevokedByClient(id);
        }

        var awaiter = result.ConfigureAwait(false).GetAwaiter();
        void Finish() => reply(ToAnswer(operation.Kind, id, awaiter.GetResult()));
        if (awaiter.IsCompleted)
        {
            Finish();
        }
        else
        {
            awaiter.UnsafeOnCompleted(Finish);
        }
    }

    private static Answer ToAnswer(RequestKind kind, ulong id, in ApplyResult result)
    {
        var error = result.Error;
        if (
            error?.Code is EtcdErrorCode.DeadlineExceeded or EtcdErrorCode.Unavailable or EtcdErrorCode.Canceled
            || error == EtcdError.RequestTooManyRequests
        )
        {
            return Answer.Unknown;
        }

        return new Answer(error, result.Revision, error is null ? Responses.Read(kind, result) : null) { RequestId = id };
    }

    private void Read(Operation operation, Action<Answer> reply)
    {
        var request = (RangeRequest)operation.Request;
        var isDefective =
            World.Defect == Defect.ReadWithoutBarrier
            || (World.Defect == Defect.ReadIndexWithoutRound && State.IsLeader && State.AppliedIndex >= State.CommittedIndex);
        if (operation.IsSerializable || isDefective)
        {
            reply(ReadNow(request));
            return;
        }

        var awaiter = Log.ReadBarrierAsync(CancellationToken.None).ConfigureAwait(false).GetAwaiter();
        void Finish() => reply(awaiter.GetResult() is null ? ReadNow(request) : Answer.Unknown);
        if (awaiter.IsCompleted)
        {
            Finish();
        }
        else
        {
            awaiter.UnsafeOnCompleted(Finish);
        }
    }

    private Answer ReadNow(RangeRequest request)
    {
        using var found = RangeResult.Rent();
        var query = new RangeQuery
        {
            Key = request.Key.Span,
            RangeEnd = request.RangeEnd.Span,
            Limit = request.Limit,
            Revision = request.Revision,
        };
        var status = Store.Kv.Range(query, found);
        if (status != MvccStatus.Ok)
        {
            return new Answer(status == MvccStatus.Compacted ? EtcdError.Compacted : EtcdError.FutureRev, 0, null);
        }

        var response = RangeResponse.Parser.ParseFrom(found.Framed);
        response.Count = found.Count;
        response.More = found.More;
        return new Answer(null, found.Revision, response);
    }

    /// <summary>Renewals happen on the leader; another member sends the client on.</summary>
    private void KeepAlive(long id, Action<Answer> reply)
    {
        // Two that wait for the same lease to end would not both go on within the turn that ends it.
        if (!_renewing.Add(id))
        {
            reply(Answer.Unknown);
            return;
        }

        var awaiter = _leases.RenewAsync(id, CancellationToken.None).ConfigureAwait(false).GetAwaiter();
        void Finish()
        {
            _renewing.Remove(id);
            var (ttl, error) = awaiter.GetResult();
            World.Note($"member {Number} renews lease {id}: {ttl}s {error?.Message}");
            reply(error is null ? new Answer(null, 0, new LeaseKeepAliveResponse { ID = id, TTL = ttl }) : Answer.Unknown);
        }

        if (awaiter.IsCompleted)
        {
            Finish();
        }
        else
        {
            awaiter.UnsafeOnCompleted(Finish);
        }
    }
}
