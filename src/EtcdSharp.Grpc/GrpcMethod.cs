using Google.Protobuf;

namespace EtcdSharp.Grpc;

/// <summary>One method of a service, with the marshallers of its two messages: what both sides of a call must agree on.</summary>
public sealed class GrpcMethod<TRequest, TResponse>
{
    public GrpcMethod(
        GrpcMethodKind kind,
        string service,
        string name,
        Marshaller<TRequest> requestMarshaller,
        Marshaller<TResponse> responseMarshaller
    )
    {
        Kind = kind;
        Service = service;
        Name = name;
        Path = $"/{service}/{name}";
        RequestMarshaller = requestMarshaller;
        ResponseMarshaller = responseMarshaller;
    }

    public GrpcMethodKind Kind { get; }

    /// <summary>The full name of the service, e.g. <c>etcdserverpb.KV</c>.</summary>
    public string Service { get; }

    public string Name { get; }

    /// <summary>The path on the wire, e.g. <c>/etcdserverpb.KV/Put</c>.</summary>
    public string Path { get; }

    public Marshaller<TRequest> RequestMarshaller { get; }

    public Marshaller<TResponse> ResponseMarshaller { get; }

    /// <summary>The same method with other marshallers: the way for a hot message to go by hand while the rest stays generated.</summary>
    public GrpcMethod<TOtherRequest, TOtherResponse> With<TOtherRequest, TOtherResponse>(
        Marshaller<TOtherRequest> requestMarshaller,
        Marshaller<TOtherResponse> responseMarshaller
    ) => new(Kind, Service, Name, requestMarshaller, responseMarshaller);
}

/// <summary>Makes methods whose messages are generated classes.</summary>
public static class GrpcMethod
{
    public static GrpcMethod<TRequest, TResponse> Protobuf<TRequest, TResponse>(GrpcMethodKind kind, string service, string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        new(kind, service, name, ProtobufMarshaller<TRequest>.Instance, ProtobufMarshaller<TResponse>.Instance);
}
