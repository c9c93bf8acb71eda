using System.Diagnostics;

namespace EtcdSharp.Grpc.Server;

/// <summary>The first stage: every call is counted, whatever becomes of it.</summary>
internal sealed class CallCounting(GrpcServerMetrics metrics) : CallStage
{
    public override GrpcStatus Starting(CallContext call)
    {
        call.Counters.Started();
        return GrpcStatus.Ok;
    }

    public override void Received(CallContext call, int bytes) => call.Counters.MessageReceived(bytes);

    public override void Sent(CallContext call, int bytes) => call.Counters.MessageSent(bytes);

    public override void Finished(CallContext call, GrpcStatus status)
    {
        call.Counters.Handled(status.Code);
        if (metrics.HandlingSeconds.Enabled)
        {
            call.Counters.Took(Stopwatch.GetElapsedTime(call.StartTimestamp));
        }
    }
}
