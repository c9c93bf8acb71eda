namespace EtcdSharp.Grpc.Server;

/// <summary>A call whose caller has given up already does not run.</summary>
internal sealed class CallDeadlines : CallStage
{
    public override GrpcStatus Starting(CallContext call) => call.IsTooLate ? call.CancelledStatus() : GrpcStatus.Ok;
}
