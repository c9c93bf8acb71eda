using EtcdSharp.Api;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>Answers about leases, members and endpoints.</summary>
internal sealed partial class FieldsPrinter
{
    public override void Grant(LeaseGrantResponse response)
    {
        PrintHeader(response.Header);
        PrintLease("ID", response.ID);
        Print("TTL", response.TTL);
    }

    public override void Revoke(long id, LeaseRevokeResponse response) => PrintHeader(response.Header);

    public override void KeepAlive(LeaseKeepAliveResponse response)
    {
        PrintHeader(response.Header);
        PrintLease("ID", response.ID);
        Print("TTL", response.TTL);
    }

    public override void TimeToLive(LeaseTimeToLiveResponse response, bool withKeys)
    {
        PrintHeader(response.Header);
        PrintLease("ID", response.ID);
        Print("TTL", response.TTL);
        Print("GrantedTTL", response.GrantedTTL);
        foreach (var key in response.Keys)
        {
            PrintQuoted("Key", key.Span);
        }
    }

    public override void Leases(LeaseLeasesResponse response)
    {
        PrintHeader(response.Header);
        foreach (var lease in response.Leases)
        {
            PrintLease("ID", lease.ID);
        }
    }

    public override void MemberList(MemberListResponse response)
    {
        PrintHeader(response.Header);
        foreach (var member in response.Members)
        {
            PrintId("ID", member.ID);
            PrintQuoted("Name", member.Name);
            foreach (var url in member.PeerURLs)
            {
                PrintQuoted("PeerURL", url);
            }

            foreach (var url in member.ClientURLs)
            {
                PrintQuoted("ClientURL", url);
            }

            Print("IsLearner", member.IsLearner);
            Out.WriteLine();
        }
    }

    public override void EndpointHealth(IReadOnlyList<EndpointHealth> endpoints)
    {
        foreach (var one in endpoints)
        {
            PrintQuoted("Endpoint", one.Endpoint);
            Print("Health", one.Healthy);
            Print("Took", one.Took);
            Print("Error", one.Error);
            Out.WriteLine();
        }
    }

    public override void EndpointStatus(IReadOnlyList<EndpointStatus> endpoints)
    {
        foreach (var (endpoint, status) in endpoints)
        {
            PrintHeader(status.Header);
            PrintQuoted("Version", status.Version);
            PrintQuoted("StorageVersion", status.StorageVersion);
            Print("DBSize", status.DbSize);
            Print("DBSizeInUse", status.DbSizeInUse);
            Print("DBSizeQuota", status.DbSizeQuota);
            Print("Leader", status.Leader);
            Print("IsLearner", status.IsLearner);
            Print("RaftIndex", status.RaftIndex);
            Print("RaftTerm", status.RaftTerm);
            Print("RaftAppliedIndex", status.RaftAppliedIndex);
            Print("Errors", $"[{string.Join(' ', status.Errors)}]");
            PrintQuoted("Endpoint", endpoint);
            PrintQuoted("DowngradeTargetVersion", status.DowngradeInfo?.TargetVersion ?? "");
            Print("DowngradeEnabled", status.DowngradeInfo?.Enabled ?? false);
            Out.WriteLine();
        }
    }

    public override void EndpointHash(IReadOnlyList<EndpointHash> endpoints)
    {
        foreach (var (endpoint, hash) in endpoints)
        {
            PrintHeader(hash.Header);
            PrintQuoted("Endpoint", endpoint);
            Print("Hash", hash.Hash);
            Print("HashRevision", hash.HashRevision);
            Out.WriteLine();
        }
    }

    public override void Alarms(AlarmResponse response)
    {
        PrintHeader(response.Header);
        foreach (var alarm in response.Alarms)
        {
            PrintId("MemberID", alarm.MemberID);
            Print("AlarmType", ApiNames.Of(alarm.Alarm));
            Out.WriteLine();
        }
    }
}
