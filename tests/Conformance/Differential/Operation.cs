using System.Text.RegularExpressions;

namespace EtcdSharp.Conformance.Differential;

/// <summary>One request of the random sequence.</summary>
internal sealed partial record Operation(string Method, IMessage Request)
{
    /// <summary>
    /// Of two reasons to refuse a transaction etcd 3.5 names the put's first, 3.6 and later the one that comes first in
    /// the transaction.
    /// </summary>
    private static readonly string[] RefusedInside =
    [
        "requested lease not found",
        "key not found",
        "required revision is a future revision",
        "required revision has been compacted",
    ];

    private const string AnyRefusalInside = "refused for one of its operations";

    public override string ToString() => $"{Method[(Method.LastIndexOf('/') + 1)..]} {Request}";

    /// <summary>The answer as text, or the status and message of the refusal, without what differs between any two clusters.</summary>
    public async Task<(string Text, long Revision)> SendAsync(EtcdEndpoint etcd)
    {
        try
        {
            return Request switch
            {
                RangeRequest range => Text(Steady(range, await etcd.Range(range))),
                PutRequest put => Text(await etcd.Put(put)),
                DeleteRangeRequest delete => Text(await etcd.DeleteRange(delete)),
                TxnRequest txn => Text(await etcd.Txn(txn)),
                CompactionRequest compact => Text(await etcd.Compact(compact)),
                LeaseGrantRequest grant => Text(await etcd.LeaseGrant(grant)),
                LeaseRevokeRequest revoke => Text(await etcd.LeaseRevoke(revoke)),
                LeaseTimeToLiveRequest left => Text(Steady(await etcd.LeaseTimeToLive(left))),
                LeaseLeasesRequest => Text(Steady(await etcd.LeaseLeases())),
                HashKVRequest hash => Text(Steady(await HashAtRest(etcd, hash))),
                _ => throw new InvalidOperationException($"no way to send {Request.Descriptor.Name}"),
            };
        }
        catch (GrpcFailure failure)
        {
            return (
                Request is TxnRequest && Array.Exists(RefusedInside, failure.Message.EndsWith)
                    ? AnyRefusalInside
                    : failure.Message,
                0
            );
        }
    }

    /// <summary>Sorts keys that are equal in what was asked for by their names; etcd's order among them is a coincidence.</summary>
    private static RangeResponse Steady(RangeRequest request, RangeResponse answer)
    {
        if (request.SortTarget == RangeRequest.Types.SortTarget.Key)
        {
            return answer;
        }
        var descending = request.SortOrder == RangeRequest.Types.SortOrder.Descend;
        List<KeyValue> steady = [];
        foreach (var equal in Runs(answer.Kvs, kv => TargetOf(request, kv)))
        {
            steady.AddRange(equal.OrderBy(kv => kv.Key.ToBase64(), StringComparer.Ordinal));
        }
        if (request.SortTarget != RangeRequest.Types.SortTarget.Value)
        {
            var numbers = answer.Kvs.Select(kv => (long)TargetOf(request, kv)).ToList();
            Assert.Equal(descending ? numbers.OrderDescending() : numbers.Order(), numbers);
        }
        answer.Kvs.Clear();
        answer.Kvs.AddRange(steady);
        return answer;
    }

    private static object TargetOf(RangeRequest request, KeyValue kv) =>
        request.SortTarget switch
        {
            RangeRequest.Types.SortTarget.Version => kv.Version,
            RangeRequest.Types.SortTarget.Create => kv.CreateRevision,
            RangeRequest.Types.SortTarget.Mod => kv.ModRevision,

            // With keys_only the values that were sorted by are not there any more: all count as equal.
            _ => kv.Value,
        };

    private static IEnumerable<List<KeyValue>> Runs(IEnumerable<KeyValue> kvs, Func<KeyValue, object> target)
    {
        List<KeyValue> run = [];
        foreach (var kv in kvs)
        {
            if (run.Count > 0 && !Equals(target(run[^1]), target(kv)))
            {
                yield return run;
                run = [];
            }
            run.Add(kv);
        }
        yield return run;
    }

    // What is left of a lease depends on the moment; that something is left does not.
    private static LeaseTimeToLiveResponse Steady(LeaseTimeToLiveResponse answer)
    {
        answer.TTL = Math.Sign(answer.TTL);
        var sorted = answer.Keys.OrderBy(key => key.ToBase64(), StringComparer.Ordinal).ToList();
        answer.Keys.Clear();
        answer.Keys.AddRange(sorted);
        return answer;
    }

    private static LeaseLeasesResponse Steady(LeaseLeasesResponse answer)
    {
        var sorted = answer.Leases.OrderBy(lease => lease.ID).ToList();
        answer.Leases.Clear();
        answer.Leases.AddRange(sorted);
        return answer;
    }

    /// <summary>
    /// Where no key is alive at the revision, etcd hashes whatever is still on the disk, so the hash depends on how far
    /// the last compaction has come: it is waited for.
    /// </summary>
    private static async Task<HashKVResponse> HashAtRest(EtcdEndpoint etcd, HashKVRequest request)
    {
        try
        {
            // Refused at every time, but a physical one is answered behind all compactions before it.
            await etcd.Compact(new CompactionRequest { Revision = -1, Physical = true });
        }
        catch (GrpcFailure refused) when (refused.Code == GrpcCode.OutOfRange)
        {
            return await etcd.HashKV(request.Revision);
        }
        throw new InvalidOperationException("a revision before the first was compacted");
    }

    // The field came with 3.6.
    private static HashKVResponse Steady(HashKVResponse answer)
    {
        answer.HashRevision = 0;
        return answer;
    }

    private static (string Text, long Revision) Text(IMessage answer)
    {
        var header = (ResponseHeader)answer.Descriptor.FindFieldByName("header").Accessor.GetValue(answer);
        var text = OwnIdentity().Replace(answer.ToString()!, "");
        return (LeaseWithoutValue().Replace(text, "${version}"), header.Revision);
    }

    // Since 3.7 a keys-only range comes from the index, which knows no leases: without a value the lease is not compared.
    [GeneratedRegex("""(?<version>"version": "\d+"), "lease": "-?\d+["]""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex LeaseWithoutValue();

    [GeneratedRegex("""\"(?:clusterId|memberId|raftTerm)\": "\d+"(?:, )?""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex OwnIdentity();
}
