using EtcdSharp.Api;
using EtcdSharp.CommandLine;
using Google.Protobuf;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>The bytes of the answer. Those about leases have no such form in etcdctl.</summary>
internal sealed class ProtobufPrinter(ProgramStreams streams) : RpcPrinter("protobuf", streams)
{
    public override void Grant(LeaseGrantResponse response) => throw Refusal(nameof(LeaseGrantResponse));

    public override void Revoke(long id, LeaseRevokeResponse response) => throw Refusal(nameof(LeaseRevokeResponse));

    public override void KeepAlive(LeaseKeepAliveResponse response) => throw Refusal(nameof(LeaseKeepAliveResponse));

    public override void TimeToLive(LeaseTimeToLiveResponse response, bool withKeys) =>
        throw Refusal(nameof(LeaseTimeToLiveResponse));

    public override void Leases(LeaseLeasesResponse response) => throw Refusal(nameof(LeaseLeasesResponse));

    protected override void Print(IMessage message) => Out.Write(message.ToByteArray());

    private static CommandFailure Refusal(string type) =>
        new(ExitCode.BadFeature, $"marshal unsupported for type *clientv3.{type}");
}
