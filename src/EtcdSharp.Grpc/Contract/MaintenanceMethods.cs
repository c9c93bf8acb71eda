using EtcdSharp.Api;

namespace EtcdSharp.Grpc.Contract;

public static class MaintenanceMethods
{
    public const string Service = "etcdserverpb.Maintenance";

    public static GrpcMethod<AlarmRequest, AlarmResponse> Alarm { get; } =
        GrpcMethod.Protobuf<AlarmRequest, AlarmResponse>(GrpcMethodKind.Unary, Service, "Alarm");

    public static GrpcMethod<StatusRequest, StatusResponse> Status { get; } =
        GrpcMethod.Protobuf<StatusRequest, StatusResponse>(GrpcMethodKind.Unary, Service, "Status");

    public static GrpcMethod<DefragmentRequest, DefragmentResponse> Defragment { get; } =
        GrpcMethod.Protobuf<DefragmentRequest, DefragmentResponse>(GrpcMethodKind.Unary, Service, "Defragment");

    public static GrpcMethod<HashRequest, HashResponse> Hash { get; } =
        GrpcMethod.Protobuf<HashRequest, HashResponse>(GrpcMethodKind.Unary, Service, "Hash");

    public static GrpcMethod<HashKVRequest, HashKVResponse> HashKV { get; } =
        GrpcMethod.Protobuf<HashKVRequest, HashKVResponse>(GrpcMethodKind.Unary, Service, "HashKV");

    public static GrpcMethod<SnapshotRequest, SnapshotResponse> Snapshot { get; } =
        GrpcMethod.Protobuf<SnapshotRequest, SnapshotResponse>(GrpcMethodKind.ServerStreaming, Service, "Snapshot");

    public static GrpcMethod<MoveLeaderRequest, MoveLeaderResponse> MoveLeader { get; } =
        GrpcMethod.Protobuf<MoveLeaderRequest, MoveLeaderResponse>(GrpcMethodKind.Unary, Service, "MoveLeader");

    public static GrpcMethod<DowngradeRequest, DowngradeResponse> Downgrade { get; } =
        GrpcMethod.Protobuf<DowngradeRequest, DowngradeResponse>(GrpcMethodKind.Unary, Service, "Downgrade");
}
