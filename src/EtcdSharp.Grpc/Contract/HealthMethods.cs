using EtcdSharp.Api.Health;

namespace EtcdSharp.Grpc.Contract;

public static class HealthMethods
{
    public const string Service = "grpc.health.v1.Health";

    public static GrpcMethod<HealthCheckRequest, HealthCheckResponse> Check { get; } =
        GrpcMethod.Protobuf<HealthCheckRequest, HealthCheckResponse>(GrpcMethodKind.Unary, Service, "Check");

    public static GrpcMethod<HealthListRequest, HealthListResponse> List { get; } =
        GrpcMethod.Protobuf<HealthListRequest, HealthListResponse>(GrpcMethodKind.Unary, Service, "List");

    public static GrpcMethod<HealthCheckRequest, HealthCheckResponse> Watch { get; } =
        GrpcMethod.Protobuf<HealthCheckRequest, HealthCheckResponse>(GrpcMethodKind.ServerStreaming, Service, "Watch");
}
