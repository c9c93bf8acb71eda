using EtcdSharp.Grpc.Server;

namespace EtcdSharp.Grpc.Tests.Support;

internal sealed class RecordingInterceptor(TaskCompletionSource<GrpcStatus> finished, TaskCompletionSource? received = null)
    : GrpcInterceptor
{
    public override void Received(GrpcServerCall call, int bytes) => received?.TrySetResult();

    public override void Finished(GrpcServerCall call, GrpcStatus status) => finished.TrySetResult(status);
}
