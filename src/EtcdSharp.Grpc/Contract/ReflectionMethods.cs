using EtcdSharp.Api.ReflectionV1;

namespace EtcdSharp.Grpc.Contract;

public static class ReflectionMethods
{
    public const string Service = "grpc.reflection.v1.ServerReflection";

    public const string AlphaService = "grpc.reflection.v1alpha.ServerReflection";

    public static GrpcMethod<ServerReflectionRequest, ServerReflectionResponse> Info { get; } = Make(Service);

    /// <summary>The two versions differ in their name only, so the messages of one do for both.</summary>
    public static GrpcMethod<ServerReflectionRequest, ServerReflectionResponse> AlphaInfo { get; } = Make(AlphaService);

    private static GrpcMethod<ServerReflectionRequest, ServerReflectionResponse> Make(string service) =>
        GrpcMethod.Protobuf<ServerReflectionRequest, ServerReflectionResponse>(
            GrpcMethodKind.Bidirectional,
            service,
            "ServerReflectionInfo"
        );
}
