using EtcdSharp.Api;
using EtcdSharp.CommandLine;
using Google.Protobuf;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>A format that prints the messages of the API as a whole.</summary>
internal abstract partial class RpcPrinter(string format, ProgramStreams streams) : Printer(format, streams)
{
    public override void Get(RangeResponse response) => Print(response);

    public override void Put(PutResponse response) => Print(response);

    public override void Delete(DeleteRangeResponse response) => Print(response);

    public override void Transaction(TxnResponse response) => Print(response);

    public override void Watch(WatchResponse response) => Print(response);

    public override void Grant(LeaseGrantResponse response) => Print(response);

    public override void Revoke(long id, LeaseRevokeResponse response) => Print(response);

    public override void KeepAlive(LeaseKeepAliveResponse response) => Print(response);

    public override void TimeToLive(LeaseTimeToLiveResponse response, bool withKeys) => Print(response);

    public override void Leases(LeaseLeasesResponse response) => Print(response);

    public override void MemberAdd(MemberAddResponse response) => Print(response);

    public override void MemberRemove(ulong id, MemberRemoveResponse response) => Print(response);

    public override void MemberUpdate(ulong id, MemberUpdateResponse response) => Print(response);

    public override void MemberPromote(ulong id, MemberPromoteResponse response) => Print(response);

    public override void MemberList(MemberListResponse response) => Print(response);

    public override void MoveLeader(ulong leader, ulong target, MoveLeaderResponse response) => Print(response);

    public override void Downgrade(string action, DowngradeResponse response) => Print(response);

    public override void Alarms(AlarmResponse response) => Print(response);

    protected abstract void Print(IMessage message);
}
