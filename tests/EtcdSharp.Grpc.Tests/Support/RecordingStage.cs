using EtcdSharp.Grpc.Server;

namespace EtcdSharp.Grpc.Tests.Support;

internal sealed class RecordingStage(TaskCompletionSource<GrpcStatus> finished, TaskCompletionSource? received = null) : CallStage
{
    public override void Received(CallContext call, int bytes) => received?.TrySetResult();

    public override void Finished(CallContext call, GrpcStatus status) => finished.TrySetResult(status);
}
