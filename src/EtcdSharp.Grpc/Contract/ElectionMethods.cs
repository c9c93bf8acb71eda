using EtcdSharp.Api.V3Electionpb;

namespace EtcdSharp.Grpc.Contract;

public static class ElectionMethods
{
    public const string Service = "v3electionpb.Election";

    public static GrpcMethod<CampaignRequest, CampaignResponse> Campaign { get; } =
        GrpcMethod.Protobuf<CampaignRequest, CampaignResponse>(GrpcMethodKind.Unary, Service, "Campaign");

    public static GrpcMethod<ProclaimRequest, ProclaimResponse> Proclaim { get; } =
        GrpcMethod.Protobuf<ProclaimRequest, ProclaimResponse>(GrpcMethodKind.Unary, Service, "Proclaim");

    public static GrpcMethod<LeaderRequest, LeaderResponse> Leader { get; } =
        GrpcMethod.Protobuf<LeaderRequest, LeaderResponse>(GrpcMethodKind.Unary, Service, "Leader");

    public static GrpcMethod<LeaderRequest, LeaderResponse> Observe { get; } =
        GrpcMethod.Protobuf<LeaderRequest, LeaderResponse>(GrpcMethodKind.ServerStreaming, Service, "Observe");

    public static GrpcMethod<ResignRequest, ResignResponse> Resign { get; } =
        GrpcMethod.Protobuf<ResignRequest, ResignResponse>(GrpcMethodKind.Unary, Service, "Resign");
}
