using EtcdSharp.Api;

namespace EtcdSharp.Grpc.Contract;

public static class KvMethods
{
    public const string Service = "etcdserverpb.KV";

    public static GrpcMethod<RangeRequest, RangeResponse> Range { get; } =
        GrpcMethod.Protobuf<RangeRequest, RangeResponse>(GrpcMethodKind.Unary, Service, "Range");

    public static GrpcMethod<RangeRequest, RangeStreamResponse> RangeStream { get; } =
        GrpcMethod.Protobuf<RangeRequest, RangeStreamResponse>(GrpcMethodKind.ServerStreaming, Service, "RangeStream");

    public static GrpcMethod<PutRequest, PutResponse> Put { get; } =
        GrpcMethod.Protobuf<PutRequest, PutResponse>(GrpcMethodKind.Unary, Service, "Put");

    public static GrpcMethod<DeleteRangeRequest, DeleteRangeResponse> DeleteRange { get; } =
        GrpcMethod.Protobuf<DeleteRangeRequest, DeleteRangeResponse>(GrpcMethodKind.Unary, Service, "DeleteRange");

    public static GrpcMethod<TxnRequest, TxnResponse> Txn { get; } =
        GrpcMethod.Protobuf<TxnRequest, TxnResponse>(GrpcMethodKind.Unary, Service, "Txn");

    public static GrpcMethod<CompactionRequest, CompactionResponse> Compact { get; } =
        GrpcMethod.Protobuf<CompactionRequest, CompactionResponse>(GrpcMethodKind.Unary, Service, "Compact");
}
