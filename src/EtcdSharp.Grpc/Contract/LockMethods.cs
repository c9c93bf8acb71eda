using EtcdSharp.Api.V3Lockpb;

namespace EtcdSharp.Grpc.Contract;

public static class LockMethods
{
    public const string Service = "v3lockpb.Lock";

    public static GrpcMethod<LockRequest, LockResponse> Lock { get; } =
        GrpcMethod.Protobuf<LockRequest, LockResponse>(GrpcMethodKind.Unary, Service, "Lock");

    public static GrpcMethod<UnlockRequest, UnlockResponse> Unlock { get; } =
        GrpcMethod.Protobuf<UnlockRequest, UnlockResponse>(GrpcMethodKind.Unary, Service, "Unlock");
}
