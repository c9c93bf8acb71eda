using EtcdSharp.Api;

namespace EtcdSharp.Grpc.Contract;

public static class ClusterMethods
{
    public const string Service = "etcdserverpb.Cluster";

    public static GrpcMethod<MemberAddRequest, MemberAddResponse> MemberAdd { get; } =
        GrpcMethod.Protobuf<MemberAddRequest, MemberAddResponse>(GrpcMethodKind.Unary, Service, "MemberAdd");

    public static GrpcMethod<MemberRemoveRequest, MemberRemoveResponse> MemberRemove { get; } =
        GrpcMethod.Protobuf<MemberRemoveRequest, MemberRemoveResponse>(GrpcMethodKind.Unary, Service, "MemberRemove");

    public static GrpcMethod<MemberUpdateRequest, MemberUpdateResponse> MemberUpdate { get; } =
        GrpcMethod.Protobuf<MemberUpdateRequest, MemberUpdateResponse>(GrpcMethodKind.Unary, Service, "MemberUpdate");

    public static GrpcMethod<MemberListRequest, MemberListResponse> MemberList { get; } =
        GrpcMethod.Protobuf<MemberListRequest, MemberListResponse>(GrpcMethodKind.Unary, Service, "MemberList");

    public static GrpcMethod<MemberPromoteRequest, MemberPromoteResponse> MemberPromote { get; } =
        GrpcMethod.Protobuf<MemberPromoteRequest, MemberPromoteResponse>(GrpcMethodKind.Unary, Service, "MemberPromote");
}
