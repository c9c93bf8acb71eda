namespace EtcdSharp.Conformance.Wire;

/// <summary>The services of gRPC itself. Their messages are small enough to write by hand.</summary>
public sealed class HealthCases(Servers servers)
{
    private const string Check = "/grpc.health.v1.Health/Check";

    // HealthCheckResponse { status = SERVING }, as a frame.
    private static readonly byte[] Serving = GrpcFrame.Of([0x08, 0x01]);

    private async Task<EtcdEndpoint> Here(ServerKind kind) => (await servers.Shared(kind)).Endpoint;

    private static byte[] CheckOf(string service) =>
        GrpcFrame.Of(service.Length == 0 ? [] : [0x0A, (byte)service.Length, .. Utf8(service).Span]);

    [Theory, OnEach]
    public async Task TheServerAsAWholeIsServing(ServerKind kind)
    {
        var answer = await (await Here(kind)).Raw(Check, CheckOf(""));
        Assert.Equal(GrpcCode.Ok, answer.Code);
        Assert.Equal(Serving, answer.Body);
    }

    [Theory, OnEach]
    public async Task AnUnknownServiceIsNotFound(ServerKind kind)
    {
        var answer = await (await Here(kind)).Raw(Check, CheckOf("nobody"));
        Assert.Equal((GrpcCode.NotFound, "unknown service"), (answer.Code, answer.Detail));
    }

    [Theory]
    [OnEach("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "unknown service grpc.reflection.v1.ServerReflection")]
    [OnEach(
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "unknown service grpc.reflection.v1alpha.ServerReflection"
    )]
    public async Task ReflectionIsOffUnlessAskedFor(ServerKind kind, string path, string detail)
    {
        var answer = await (await Here(kind)).Raw(path, GrpcFrame.Of([0x3A, 0x00]));
        Assert.Equal((GrpcCode.Unimplemented, detail), (answer.Code, answer.Detail));
    }
}
