using EtcdSharp.Api;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>Answers about leases, members and endpoints.</summary>
internal sealed partial class SimplePrinter
{
    public override void Grant(LeaseGrantResponse response) =>
        Out.WriteLine($"lease {response.ID:x16} granted with TTL({response.TTL}s)");

    public override void Revoke(long id, LeaseRevokeResponse response) => Out.WriteLine($"lease {id:x16} revoked");

    public override void KeepAlive(LeaseKeepAliveResponse response) =>
        Out.WriteLine($"lease {response.ID:x16} keepalived with TTL({response.TTL})");

    public override void TimeToLive(LeaseTimeToLiveResponse response, bool withKeys)
    {
        if (response is { GrantedTTL: 0, TTL: -1 })
        {
            Out.WriteLine($"lease {response.ID:x16} already expired");
            return;
        }

        Out.Write($"lease {response.ID:x16} granted with TTL({response.GrantedTTL}s), remaining({response.TTL}s)");
        if (withKeys)
        {
            Out.Write(", attached keys([");
            for (var i = 0; i < response.Keys.Count; i++)
            {
                Out.Write(i == 0 ? ""u8 : " "u8);
                Out.Write(response.Keys[i].Span);
            }

            Out.Write("])");
        }

        Out.WriteLine();
    }

    public override void Leases(LeaseLeasesResponse response)
    {
        Out.WriteLine($"found {response.Leases.Count} leases");
        foreach (var lease in response.Leases)
        {
            Out.WriteLine($"{lease.ID:x16}");
        }
    }

    public override void MemberAdd(MemberAddResponse response)
    {
        var role = response.Member.IsLearner ? " as learner " : " ";
        Out.WriteLine($"Member {Id(response.Member.ID)} added{role}to cluster {Id(response.Header.ClusterId)}");
    }

    public override void MemberRemove(ulong id, MemberRemoveResponse response) =>
        Out.WriteLine($"Member {Id(id)} removed from cluster {Id(response.Header.ClusterId)}");

    public override void MemberUpdate(ulong id, MemberUpdateResponse response) =>
        Out.WriteLine($"Member {Id(id)} updated in cluster {Id(response.Header.ClusterId)}");

    public override void MemberPromote(ulong id, MemberPromoteResponse response) =>
        Out.WriteLine($"Member {Id(id)} promoted in cluster {Id(response.Header.ClusterId)}");

    public override void MemberList(MemberListResponse response) => Print(Rows.OfMembers(response));

    public override void MoveLeader(ulong leader, ulong target, MoveLeaderResponse response) =>
        Out.WriteLine($"Leadership transferred from {leader:x} to {target:x}");

    public override void EndpointHealth(IReadOnlyList<EndpointHealth> endpoints)
    {
        foreach (var one in endpoints)
        {
            if (one.Error.Length == 0)
            {
                Out.WriteLine($"{one.Endpoint} is healthy: successfully committed proposal: took = {one.Took}");
            }
            else
            {
                Error.WriteLine($"{one.Endpoint} is unhealthy: failed to commit proposal: {one.Error}");
            }
        }
    }

    public override void EndpointStatus(IReadOnlyList<EndpointStatus> endpoints) => Print(Rows.OfStatus(endpoints));

    public override void EndpointHash(IReadOnlyList<EndpointHash> endpoints) => Print(Rows.OfHashes(endpoints));

    public override void Downgrade(string action, DowngradeResponse response) =>
        Out.WriteLine($"Downgrade {action} success, cluster version {response.Version}");

    public override void Alarms(AlarmResponse response)
    {
        foreach (var alarm in response.Alarms)
        {
            Out.WriteLine($"memberID:{alarm.MemberID} alarm:{ApiNames.Of(alarm.Alarm)}");
        }
    }

    private void Print(Rows rows)
    {
        foreach (var line in rows.Lines())
        {
            Out.WriteLine(line);
        }
    }

    private static string Id(ulong id) => $"{id, 16:x}";
}
