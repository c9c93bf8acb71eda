using EtcdSharp.Api;
using EtcdSharp.Grpc.Server;
using Google.Protobuf;

namespace EtcdSharp.Grpc.Tests.Support;

/// <summary>One method of each kind, with etcd's put request as a message that has a key and a value to look at.</summary>
internal static class TestMethods
{
    public const string Service = "test.Echo";

    public static GrpcMethod<PutRequest, PutRequest> Echo { get; } = Make(GrpcMethodKind.Unary, "Echo");

    /// <summary>Answers like <see cref="Echo"/>, but only after the thread has been given up once.</summary>
    public static GrpcMethod<PutRequest, PutRequest> EchoLater { get; } = Make(GrpcMethodKind.Unary, "EchoLater");

    /// <summary>Refuses with the code in the lease field and the key as message, by a status or, where prev_kv is set, by throwing.</summary>
    public static GrpcMethod<PutRequest, PutRequest> Refuse { get; } = Make(GrpcMethodKind.Unary, "Refuse");

    public static GrpcMethod<PutRequest, PutRequest> Wait { get; } = Make(GrpcMethodKind.Unary, "Wait");

    /// <summary>Answers with the number of requests in the lease field.</summary>
    public static GrpcMethod<PutRequest, PutRequest> Count { get; } = Make(GrpcMethodKind.ClientStreaming, "Count");

    /// <summary>Answers with as many copies as the lease field says.</summary>
    public static GrpcMethod<PutRequest, PutRequest> Repeat { get; } = Make(GrpcMethodKind.ServerStreaming, "Repeat");

    public static GrpcMethod<PutRequest, PutRequest> Chat { get; } = Make(GrpcMethodKind.Bidirectional, "Chat");

    public static PutRequest Message(string key, int valueBytes = 0) =>
        new() { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFrom(new byte[valueBytes]) };

    public static void AddTo(GrpcServiceBuilder services)
    {
        services.Unary(Echo, static (request, _) => new(request));
        services.Unary(EchoLater, EchoLaterAsync);
        services.Unary(Refuse, RefuseIt);
        services.Unary(Wait, WaitAsync);
        services.ClientStreaming(Count, CountAsync);
        services.ServerStreaming(Repeat, RepeatAsync);
        services.Bidirectional(Chat, ChatAsync);
    }

    private static GrpcMethod<PutRequest, PutRequest> Make(GrpcMethodKind kind, string name) =>
        GrpcMethod.Protobuf<PutRequest, PutRequest>(kind, Service, name);

    private static async ValueTask<GrpcResult<PutRequest>> EchoLaterAsync(PutRequest request, CallContext call)
    {
        await Task.Yield();
        return request;
    }

    private static ValueTask<GrpcResult<PutRequest>> RefuseIt(PutRequest request, CallContext call)
    {
        call.AddTrailer("why", "because");
        GrpcStatus status = new((StatusCode)request.Lease, request.Key.ToStringUtf8());
        return request.PrevKv ? throw new GrpcStatusException(status) : new(status);
    }

    private static async ValueTask<GrpcResult<PutRequest>> WaitAsync(PutRequest request, CallContext call)
    {
        await Task.Delay(Timeout.Infinite, call.CancellationToken);
        return request;
    }

    private static async ValueTask<GrpcResult<PutRequest>> CountAsync(GrpcStreamReader<PutRequest> requests, CallContext call)
    {
        long count = 0;
        while (await requests.MoveNextAsync())
        {
            count++;
        }

        return new PutRequest { Lease = count };
    }

    private static async ValueTask<GrpcStatus> RepeatAsync(
        PutRequest request,
        GrpcStreamWriter<PutRequest> responses,
        CallContext call
    )
    {
        for (long i = 0; i < request.Lease; i++)
        {
            if (!await responses.WriteAsync(request))
            {
                return new(StatusCode.Cancelled, "nobody listens");
            }
        }

        return GrpcStatus.Ok;
    }

    private static async ValueTask<GrpcStatus> ChatAsync(
        GrpcStreamReader<PutRequest> requests,
        GrpcStreamWriter<PutRequest> responses,
        CallContext call
    )
    {
        while (await requests.MoveNextAsync())
        {
            await responses.WriteAsync(requests.Current);
        }

        return GrpcStatus.Ok;
    }
}
