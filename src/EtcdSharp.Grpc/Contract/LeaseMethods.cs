using EtcdSharp.Api;

namespace EtcdSharp.Grpc.Contract;

public static class LeaseMethods
{
    public const string Service = "etcdserverpb.Lease";

    public static GrpcMethod<LeaseGrantRequest, LeaseGrantResponse> LeaseGrant { get; } =
        GrpcMethod.Protobuf<LeaseGrantRequest, LeaseGrantResponse>(GrpcMethodKind.Unary, Service, "LeaseGrant");

    public static GrpcMethod<LeaseRevokeRequest, LeaseRevokeResponse> LeaseRevoke { get; } =
        GrpcMethod.Protobuf<LeaseRevokeRequest, LeaseRevokeResponse>(GrpcMethodKind.Unary, Service, "LeaseRevoke");

    public static GrpcMethod<LeaseKeepAliveRequest, LeaseKeepAliveResponse> LeaseKeepAlive { get; } =
        GrpcMethod.Protobuf<LeaseKeepAliveRequest, LeaseKeepAliveResponse>(
            GrpcMethodKind.Bidirectional,
            Service,
            "LeaseKeepAlive"
        );

    public static GrpcMethod<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse> LeaseTimeToLive { get; } =
        GrpcMethod.Protobuf<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse>(GrpcMethodKind.Unary, Service, "LeaseTimeToLive");

    public static GrpcMethod<LeaseLeasesRequest, LeaseLeasesResponse> LeaseLeases { get; } =
        GrpcMethod.Protobuf<LeaseLeasesRequest, LeaseLeasesResponse>(GrpcMethodKind.Unary, Service, "LeaseLeases");
}
