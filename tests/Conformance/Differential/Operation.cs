using System.Text.RegularExpressions;

namespace EtcdSharp.Conformance.Differential;

/// <summary>One request of the random sequence.</summary>
internal sealed partial record Operation(string Method, IMessage Request)
{
    public override string ToString() => $"{Method[(Method.LastIndexOf('/') + 1)..]} {Request}";

    /// <summary>The answer as text, or the status and message of the refusal, without what differs between any two clusters.</summary>
    public async Task<(string Text, long Revision)> SendAsync(EtcdEndpoint etcd)
    {
        try
        {
            return Request switch
            {
                RangeRequest range => Text(await etcd.Range(range)),
                PutRequest put => Text(await etcd.Put(put)),
                DeleteRangeRequest delete => Text(await etcd.DeleteRange(delete)),
                TxnRequest txn => Text(await etcd.Txn(txn)),
                CompactionRequest compact => Text(await etcd.Compact(compact)),
                LeaseGrantRequest grant => Text(await etcd.LeaseGrant(grant)),
                LeaseRevokeRequest revoke => Text(await etcd.LeaseRevoke(revoke)),
                LeaseTimeToLiveRequest left => Text(Steady(await etcd.LeaseTimeToLive(left))),
                LeaseLeasesRequest => Text(Steady(await etcd.LeaseLeases())),
                HashKVRequest hash => Text(Steady(await etcd.HashKV(hash.Revision))),
                _ => throw new InvalidOperationException($"no way to send {Request.Descriptor.Name}"),
            };
        }
        catch (GrpcFailure failure)
        {
            return (failure.Message, 0);
        }
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

    // The field came with 3.6.
    private static HashKVResponse Steady(HashKVResponse answer)
    {
        answer.HashRevision = 0;
        return answer;
    }

    private static (string Text, long Revision) Text(IMessage answer)
    {
        var header = (ResponseHeader)answer.Descriptor.FindFieldByName("header").Accessor.GetValue(answer);
        return (OwnIdentity().Replace(answer.ToString()!, ""), header.Revision);
    }

    [GeneratedRegex("""\"(?:clusterId|memberId|raftTerm)\": "\d+"(?:, )?""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex OwnIdentity();
}
