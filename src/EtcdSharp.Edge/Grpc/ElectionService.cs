using EtcdSharp.Api;
using EtcdSharp.Api.Mvccpb;
using EtcdSharp.Api.V3Electionpb;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Server;
using Google.Protobuf;

namespace EtcdSharp.Edge.Grpc;

/// <summary>v3electionpb.Election: one leader by name, who says a value to everybody, as long as its lease lives.</summary>
internal sealed class ElectionService(OwnRequests requests)
{
    private static readonly GrpcStatus s_notLeader = new(StatusCode.Unknown, "election: not leader");
    private static readonly GrpcStatus s_noLeader = new(StatusCode.Unknown, "election: no leader");
    private static readonly GrpcStatus s_missingLeader = new(StatusCode.Unknown, "\"leader\" field must be provided");

    public void Register(GrpcServiceBuilder builder) =>
        builder
            .Unary(ElectionMethods.Campaign, CampaignAsync, CallRule.ByRequest, endsWithStreams: true)
            .Unary(ElectionMethods.Proclaim, ProclaimAsync, CallRule.ByRequest)
            .Unary(ElectionMethods.Leader, LeaderAsync, CallRule.ByRequest)
            .ServerStreaming(ElectionMethods.Observe, ObserveAsync, CallRule.ByRequest)
            .Unary(ElectionMethods.Resign, ResignAsync, CallRule.ByRequest);

    private async ValueTask<GrpcResult<CampaignResponse>> CampaignAsync(CampaignRequest request, CallContext call)
    {
        var own = requests.Of(call);
        var queue = new KeyQueue(own, request.Name);
        var lease = await own.LeaseAsync(request.Lease, call.CancellationToken).ConfigureAwait(false);
        var leader = new LeaderKey
        {
            Name = request.Name,
            Key = queue.KeyOf(lease),
            Lease = lease,
        };

        // Not cancelled with the call: then nobody would know whether the key is there.
        var entered = await own.TxnAsync(Enter(leader, request.Value), CancellationToken.None).ConfigureAwait(false);
        leader.Rev = entered.Header.Revision;
        if (!entered.Succeeded)
        {
            var mine = entered.Responses[0].ResponseRange.Kvs[0];
            leader.Rev = mine.CreateRevision;
            if (
                mine.Value != request.Value
                && await TryPutAsync(own, leader, request.Value, call.CancellationToken).ConfigureAwait(false) is null
            )
            {
                return s_notLeader;
            }
        }

        try
        {
            await queue.WaitForOlderAsync(leader.Rev - 1, call.CancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Who goes away does not want to lead any more.
            await own.TxnAsync(Leave(leader), CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        return new CampaignResponse { Header = entered.Header, Leader = leader };
    }

    private async ValueTask<GrpcResult<ProclaimResponse>> ProclaimAsync(ProclaimRequest request, CallContext call)
    {
        var own = requests.Of(call);
        if (request.Leader is not { } leader)
        {
            return s_missingLeader;
        }

        leader.Lease = await own.LeaseAsync(leader.Lease, call.CancellationToken).ConfigureAwait(false);
        var header = await TryPutAsync(own, leader, request.Value, call.CancellationToken).ConfigureAwait(false);
        return header is null ? s_notLeader : new ProclaimResponse { Header = header };
    }

    private async ValueTask<GrpcResult<LeaderResponse>> LeaderAsync(LeaderRequest request, CallContext call)
    {
        var own = requests.Of(call);
        var queue = new KeyQueue(own, request.Name);
        var found = await own.RangeAsync(queue.Oldest, call.CancellationToken).ConfigureAwait(false);
        return found.Kvs.Count == 0 ? s_noLeader : new LeaderResponse { Header = found.Header, Kv = found.Kvs[0] };
    }

    private async ValueTask<GrpcResult<ResignResponse>> ResignAsync(ResignRequest request, CallContext call)
    {
        var own = requests.Of(call);
        if (request.Leader is not { } leader)
        {
            return s_missingLeader;
        }

        var left = await own.TxnAsync(Leave(leader), call.CancellationToken).ConfigureAwait(false);
        return new ResignResponse { Header = left.Header };
    }

    private async ValueTask<GrpcStatus> ObserveAsync(
        LeaderRequest request,
        GrpcStreamWriter<LeaderResponse> responses,
        CallContext call
    )
    {
        var own = requests.Of(call);
        var queue = new KeyQueue(own, request.Name);
        try
        {
            while (await FindLeaderAsync(own, queue, call.CancellationToken).ConfigureAwait(false) is { } leader)
            {
                if (!await FollowAsync(own, leader, responses, call.CancellationToken).ConfigureAwait(false))
                {
                    break;
                }
            }
        }
        catch (GrpcStatusException refused) when (refused.Code == StatusCode.Unknown)
        {
            // Whoever may not look hears of no leader, and not why: so etcd has it.
            return GrpcStatus.Ok;
        }

        return GrpcStatus.Ok;
    }

    /// <summary>The leader, as soon as there is one; null when the history that was waited on is compacted.</summary>
    private async ValueTask<LeaderResponse?> FindLeaderAsync(OwnRequests own, KeyQueue queue, CancellationToken cancellation)
    {
        var found = await own.RangeAsync(queue.Oldest, cancellation).ConfigureAwait(false);
        if (found.Kvs.Count != 0)
        {
            return new LeaderResponse { Header = found.Header, Kv = found.Kvs[0] };
        }

        using var watch = own.Watch(queue.Prefix, queue.End.ToByteArray(), found.Header.Revision, cancellation);
        while (await watch.NextAsync().ConfigureAwait(false) is { } next)
        {
            if (next.Events.FirstOrDefault(change => change.Type == Event.Types.EventType.Put) is { } put)
            {
                // Later events may have come along: the header is that of the moment at which this one was leader.
                next.Header.Revision = put.Kv.ModRevision;
                return new LeaderResponse { Header = next.Header, Kv = put.Kv };
            }
        }

        return null;
    }

    /// <summary>Tells the leader and all it proclaims, until its key is deleted; false when nobody can or wants to hear more.</summary>
    private async ValueTask<bool> FollowAsync(
        OwnRequests own,
        LeaderResponse leader,
        GrpcStreamWriter<LeaderResponse> responses,
        CancellationToken cancellation
    )
    {
        if (!await responses.WriteAsync(leader).ConfigureAwait(false))
        {
            return false;
        }

        using var watch = own.Watch(leader.Kv.Key, null, leader.Header.Revision + 1, cancellation);
        while (await watch.NextAsync().ConfigureAwait(false) is { } next)
        {
            foreach (var change in next.Events)
            {
                if (change.Type == Event.Types.EventType.Delete)
                {
                    return true;
                }

                var proclaimed = new LeaderResponse { Header = next.Header, Kv = change.Kv };
                if (!await responses.WriteAsync(proclaimed).ConfigureAwait(false))
                {
                    return false;
                }
            }
        }

        return false;
    }

    /// <summary>The header of the write; null when the key is not the one that leads.</summary>
    private async ValueTask<ResponseHeader?> TryPutAsync(
        OwnRequests own,
        LeaderKey leader,
        ByteString value,
        CancellationToken cancellation
    )
    {
        var request = new TxnRequest
        {
            Compare = { KeyQueue.IsCreatedAt(leader.Key, leader.Rev) },
            Success = { Put(leader, value) },
        };
        var response = await own.TxnAsync(request, cancellation).ConfigureAwait(false);
        return response.Succeeded ? response.Header : null;
    }

    private static TxnRequest Enter(LeaderKey leader, ByteString value) =>
        new()
        {
            Compare = { KeyQueue.IsCreatedAt(leader.Key, 0) },
            Success = { Put(leader, value) },
            Failure = { new RequestOp { RequestRange = new RangeRequest { Key = leader.Key } } },
        };

    private static TxnRequest Leave(LeaderKey leader) =>
        new()
        {
            Compare = { KeyQueue.IsCreatedAt(leader.Key, leader.Rev) },
            Success = { new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = leader.Key } } },
        };

    private static RequestOp Put(LeaderKey leader, ByteString value) =>
        new()
        {
            RequestPut = new PutRequest
            {
                Key = leader.Key,
                Value = value,
                Lease = leader.Lease,
            },
        };
}
