using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Raft;
using EtcdSharp.Server.Lease;
using EtcdSharp.Server.Node;
using EtcdSharp.Simulation.Clients;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;
using LeaseStatus = EtcdSharp.Server.Lease.LeaseStatus;

namespace EtcdSharp.Simulation.Members;

/// <summary>This part is the edge: requests come in, answers go out.</summary>
internal sealed partial class SimMember
{
    private readonly Dictionary<ulong, Action<Answer>> _waiting = [];
    private readonly List<(Task<EtcdError?> Barrier, Action<bool> Continue)> _pendingReads = [];
    private WatchCatchUp? _catchUp;
    private bool _catchUpScheduled;

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

    private void Propose(Operation operation, Action<Answer> reply)
    {
        if (_leader == RaftIds.None)
        {
            reply(Answer.Unknown);
            return;
        }

        _waiting[operation.Id] = reply;
        if (Node.Propose(Requests.Encode(operation.Kind, operation.Request, operation.Id)) != StepResult.Ok)
        {
            _waiting.Remove(operation.Id);
            reply(Answer.Unknown);
        }

        Pump();
    }

    private void Finish(ulong id, Answer answer)
    {
        if (_waiting.Remove(id, out var reply))
        {
            reply(answer);
        }
    }

    private void ForgetClients()
    {
        _waiting.Clear();
        _pendingReads.Clear();
    }

    /// <summary>What a snapshot skipped is never applied here, so nobody gets an answer for it.</summary>
    private void AnswerOverwritten() => _waiting.Clear();

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

        AfterBarrier(confirmed => reply(confirmed ? ReadNow(request) : Answer.Unknown));
    }

    private void AfterBarrier(Action<bool> next)
    {
        var barrier = _reads.WaitAsync(CancellationToken.None);
        _pendingReads.Add((barrier.AsTask(), next));
        Pump();
    }

    private void AnswerReads()
    {
        for (var i = 0; i < _pendingReads.Count; i++)
        {
            var (barrier, next) = _pendingReads[i];
            if (!barrier.IsCompleted)
            {
                continue;
            }

            _pendingReads.RemoveAt(i--);
            next(barrier.Result is null);
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
        var status = Replica.Kv.Range(query, found);
        if (status != MvccStatus.Ok)
        {
            return new Answer(status == MvccStatus.Compacted ? EtcdError.Compacted : EtcdError.FutureRev, 0, null);
        }

        var response = RangeResponse.Parser.ParseFrom(found.Framed);
        response.Count = found.Count;
        response.More = found.More;
        return new Answer(null, found.Revision, response);
    }

    /// <summary>Renewals happen on the leader, as <c>LeaseService</c> does them; another member sends the client on.</summary>
    private void KeepAlive(long id, Action<Answer> reply)
    {
        if (!State.IsLeader)
        {
            reply(Answer.Unknown);
        }
        else if (World.Defect == Defect.RenewalByStaleLeader)
        {
            Renew(id, reply);
        }
        else
        {
            AfterBarrier(confirmed =>
            {
                if (confirmed)
                {
                    Renew(id, reply);
                }
                else
                {
                    reply(Answer.Unknown);
                }
            });
        }
    }

    private void Renew(long id, Action<Answer> reply)
    {
        var renewal = Replica.Lessor.BeginRenewal(id, Clock.MonotonicNanoseconds);
        if (renewal.Step != LeaseRenewalStep.Ready)
        {
            reply(Answer.Unknown);
            return;
        }

        var grant = Replica.Lessor.FinishRenewal(id, Clock.MonotonicNanoseconds);
        World.Note($"member {Id} renews lease {id}");
        reply(
            grant.Status == LeaseStatus.Done
                ? new Answer(null, 0, new LeaseKeepAliveResponse { ID = id, TTL = grant.TtlSeconds })
                : Answer.Unknown
        );
    }

    private void CatchUpSoon()
    {
        if (!_catchUpScheduled)
        {
            _catchUpScheduled = true;
            After(Clock.ToTrue(World.MemberRandom.Next(20_000_000)), CatchUp);
        }
    }

    private void CatchUp()
    {
        _catchUpScheduled = false;
        _catchUp ??= new WatchCatchUp(Hub);
        if (_catchUp.Step() != WatchCatchUpStep.Idle)
        {
            CatchUpSoon();
        }
    }
}
