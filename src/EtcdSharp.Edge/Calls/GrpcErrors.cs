using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;

namespace EtcdSharp.Edge.Calls;

/// <summary>etcd's errors as gRPC statuses; the numbers of the codes are the same.</summary>
internal static class GrpcErrors
{
    public static GrpcStatus ToStatus(this EtcdError error) => new((StatusCode)(int)error.Code, error.Message);
}
