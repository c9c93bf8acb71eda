namespace EtcdSharp.Grpc;

public enum GrpcMethodKind
{
    Unary,
    ClientStreaming,
    ServerStreaming,
    Bidirectional,
}
