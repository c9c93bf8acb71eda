using EtcdSharp.Api;
using EtcdSharp.Api.ReflectionV1;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Reflection;
using EtcdSharp.Grpc.Tests.Support;
using Google.Protobuf.Reflection;

namespace EtcdSharp.Grpc.Tests.Server;

public sealed class ReflectionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ServicesAndTheirFilesAreFound(bool alpha)
    {
        ReflectionService reflection = new([KvMethods.Service], [EtcdserverpbReflection.Descriptor]);
        await using TestServer server = await TestServer.StartAsync(reflection.AddTo);
        using GrpcChannel channel = server.Channel();
        using ClientCall<ServerReflectionRequest, ServerReflectionResponse> call = channel.Open(
            alpha ? ReflectionMethods.AlphaInfo : ReflectionMethods.Info
        );
        ServerReflectionResponse services = await AskAsync(call, new() { ListServices = "*" });
        Assert.Equal(
            [KvMethods.Service, ReflectionMethods.Service, ReflectionMethods.AlphaService],
            services.ListServicesResponse.Service.Select(static service => service.Name)
        );
        foreach (
            string symbol in new[] { "etcdserverpb.KV", "etcdserverpb.KV.Put", "etcdserverpb.RangeRequest", "mvccpb.KeyValue" }
        )
        {
            ServerReflectionResponse found = await AskAsync(call, new() { FileContainingSymbol = symbol });
            Assert.NotEmpty(found.FileDescriptorResponse.FileDescriptorProto);

            // What a tool does with it: the set must be complete.
            FileDescriptor.BuildFromByteStrings(found.FileDescriptorResponse.FileDescriptorProto.Reverse());
        }

        ServerReflectionResponse byName = await AskAsync(call, new() { FileByFilename = "mvccpb.proto" });
        Assert.Single(byName.FileDescriptorResponse.FileDescriptorProto);
        ServerReflectionResponse missing = await AskAsync(call, new() { FileContainingSymbol = "no.Such" });
        Assert.Equal((int)StatusCode.NotFound, missing.ErrorResponse.ErrorCode);
        await call.CompleteWritesAsync();
        Assert.False(await call.MoveNextAsync());
    }

    private static async Task<ServerReflectionResponse> AskAsync(
        ClientCall<ServerReflectionRequest, ServerReflectionResponse> call,
        ServerReflectionRequest request
    )
    {
        await call.WriteAsync(request);
        Assert.True(await call.MoveNextAsync());
        return call.Current;
    }
}
