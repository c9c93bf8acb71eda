using Google.Protobuf.Reflection;

namespace EtcdSharp.Conformance.Wire;

/// <summary>
/// Requests of every method, odd ones and damaged ones, some on streams: whatever comes, the member answers with a status
/// that it meant, and goes on.
/// </summary>
public sealed class RequestFuzzTests(ITestOutputHelper output)
{
    private const int DefaultSeconds = 4;
    private const int ConcurrentRequests = 8;

    /// <summary>They would take the majority away from the member, or the client.</summary>
    private static readonly string[] s_leftOut =
    [
        "etcdserverpb.Cluster",
        "etcdserverpb.Auth",
        "etcdserverpb.Maintenance/MoveLeader",
        "etcdserverpb.Maintenance/Downgrade",
    ];

    /// <summary>Locks and campaigns wait, and streams never end.</summary>
    private static readonly Dictionary<string, string> s_shortly = new(StringComparer.Ordinal) { ["grpc-timeout"] = "100m" };

    [Fact]
    public async Task TheMemberAnswersWhateverComes()
    {
        await using var server = await EtcdServer.StartAsync(ServerKind.Ours);
        var methods = Methods();
        var codes = new int[17];
        foreach (var seeds in FuzzRun.Seeds(DefaultSeconds).Chunk(ConcurrentRequests))
        {
            foreach (var code in await Task.WhenAll(seeds.Select(seed => Send(server.Endpoint, methods, seed))))
            {
                codes[(int)code]++;
            }
        }
        output.WriteLine(
            string.Join(", ", codes.Select((count, code) => $"{(GrpcCode)code}: {count}").Where((_, i) => codes[i] > 0))
        );
        Assert.True(codes[(int)GrpcCode.Ok] > 50, "hardly a request was served");
        Assert.True(codes[(int)GrpcCode.Internal] > 50, "hardly a request was damaged");
        await server.Endpoint.Alarm(
            new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Deactivate, Alarm = AlarmType.Nospace }
        );
        Assert.DoesNotContain("failed unexpectedly", server.Output, StringComparison.Ordinal);
        await server.Endpoint.Range(Get(Utf8("a")));
        Assert.Equal(0, await server.StopAsync());
    }

    private static MethodDescriptor[] Methods() =>
        [
            .. new[]
            {
                EtcdserverpbReflection.Descriptor,
                Api.V3Lockpb.V3LockpbReflection.Descriptor,
                Api.V3Electionpb.V3ElectionpbReflection.Descriptor,
            }
                .SelectMany(file => file.Services)
                .SelectMany(service => service.Methods)
                .Where(method => !Array.Exists(s_leftOut, name => Path(method).StartsWith("/" + name, StringComparison.Ordinal))),
        ];

    private static string Path(MethodDescriptor method) => $"/{method.Service.FullName}/{method.Name}";

    private static async Task<GrpcCode> Send(EtcdEndpoint etcd, MethodDescriptor[] methods, int seed)
    {
        var random = new Random(seed);
        var method = methods[random.Next(methods.Length)];
        List<byte> body = [];
        for (var count = method.IsClientStreaming ? random.Next(4) : 1; count > 0; count--)
        {
            var message = RandomMessage.Of(method.InputType, random).ToByteArray();
            body.AddRange(GrpcFrame.Of(random.Next(3) == 0 ? RandomMessage.Damage(message, random) : message));
        }
        byte[] bytes = random.Next(6) == 0 ? RandomMessage.Damage([.. body], random) : [.. body];
        try
        {
            var answer = await etcd.Raw(Path(method), bytes, headers: s_shortly);
            var told = $"seed {seed}, {Path(method)}: HTTP {answer.HttpStatus}, {answer.Code} {answer.Detail}";
            Assert.True(answer is { HttpStatus: 200, Code: not null }, told);
            Assert.DoesNotContain("unexpected failure", answer.Detail, StringComparison.Ordinal);
            return answer.Code.Value;
        }
        catch (HttpRequestException reset) when (reset.InnerException is HttpProtocolException)
        {
            // The deadline came when a part of the answer was on its way.
            return GrpcCode.DeadlineExceeded;
        }
    }
}
