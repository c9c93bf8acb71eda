using EtcdSharp.Api;

namespace EtcdSharp.Grpc.Contract;

public static class WatchMethods
{
    public const string Service = "etcdserverpb.Watch";

    public static GrpcMethod<WatchRequest, WatchResponse> Watch { get; } =
        GrpcMethod.Protobuf<WatchRequest, WatchResponse>(GrpcMethodKind.Bidirectional, Service, "Watch");
}
