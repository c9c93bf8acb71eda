using EtcdSharp.Api;
using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>
/// Prints answers in one format. What a format does not know ends the command after the call was made, as etcdctl does.
/// </summary>
internal abstract partial class Printer(string format, ProgramStreams streams)
{
    protected Output Out => streams.Out;

    protected Output Error => streams.Error;

    /// <exception cref="CommandFailure">There is no such format.</exception>
    public static Printer Create(GlobalFlags global, ProgramStreams streams) =>
        global.WriteOut.Value switch
        {
            "simple" => new SimplePrinter(global.Hex.Value, streams),
            "fields" => new FieldsPrinter(global.Hex.Value, streams),
            "json" => new JsonPrinter(global.Hex.Value, streams),
            "protobuf" => new ProtobufPrinter(streams),
            "table" => new TablePrinter(streams),
            _ => throw new CommandFailure(ExitCode.BadFeature, "unsupported output format"),
        };

    public virtual void Get(RangeResponse response) => throw Unsupported();

    public virtual void Put(PutResponse response) => throw Unsupported();

    public virtual void Delete(DeleteRangeResponse response) => throw Unsupported();

    public virtual void Transaction(TxnResponse response) => throw Unsupported();

    public virtual void Watch(WatchResponse response) => throw Unsupported();

    public virtual void Grant(LeaseGrantResponse response) => throw Unsupported();

    public virtual void Revoke(long id, LeaseRevokeResponse response) => throw Unsupported();

    public virtual void KeepAlive(LeaseKeepAliveResponse response) => throw Unsupported();

    public virtual void TimeToLive(LeaseTimeToLiveResponse response, bool withKeys) => throw Unsupported();

    public virtual void Leases(LeaseLeasesResponse response) => throw Unsupported();

    public virtual void MemberAdd(MemberAddResponse response) => throw Unsupported();

    public virtual void MemberRemove(ulong id, MemberRemoveResponse response) => throw Unsupported();

    public virtual void MemberUpdate(ulong id, MemberUpdateResponse response) => throw Unsupported();

    public virtual void MemberPromote(ulong id, MemberPromoteResponse response) => throw Unsupported();

    public virtual void MemberList(MemberListResponse response) => throw Unsupported();

    public virtual void MoveLeader(ulong leader, ulong target, MoveLeaderResponse response) => throw Unsupported();

    public virtual void EndpointHealth(IReadOnlyList<EndpointHealth> endpoints) => throw Unsupported();

    public virtual void EndpointStatus(IReadOnlyList<EndpointStatus> endpoints) => throw Unsupported();

    public virtual void EndpointHash(IReadOnlyList<EndpointHash> endpoints) => throw Unsupported();

    public virtual void Downgrade(string action, DowngradeResponse response) => throw Unsupported();

    public virtual void Alarms(AlarmResponse response) => throw Unsupported();

    protected CommandFailure Unsupported() => new(ExitCode.BadFeature, $"{format} not supported as output format");
}
