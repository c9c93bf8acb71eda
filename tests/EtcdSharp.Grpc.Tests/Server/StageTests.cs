using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using EtcdSharp.Api;
using EtcdSharp.Edge.Listening;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Grpc.Tests.Support;

namespace EtcdSharp.Grpc.Tests.Server;

public sealed class StageTests
{
    [Fact]
    public async Task AdmissionSeesHeadersAndMayRefuse()
    {
        await using TestServer server = await TestServer.StartAsync(
            new() { Stages = [new TokenGate()] },
            new(),
            services => services.Unary(TestMethods.Echo, static (_, call) => new(TestMethods.Message((string)call.State!)))
        );
        using GrpcChannel channel = server.Channel();
        GrpcStatusException refused = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await channel.UnaryAsync(TestMethods.Echo, new())
        );
        Assert.Equal(new(StatusCode.Unauthenticated, "etcdserver: invalid auth token"), refused.Status);
        GrpcMetadata headers = new() { { "token", "secret" } };
        headers.Add("extra-bin", [0xFF, 0, 1]);
        PutRequest answer = await channel.UnaryAsync(TestMethods.Echo, new(), new() { Headers = headers }, default);
        Assert.Equal("secret/FF0001/absent", answer.Key.ToStringUtf8());
    }

    [Fact]
    public async Task CallsAreCounted()
    {
        const string service = "test.Counted";
        GrpcMethod<PutRequest, PutRequest> method = GrpcMethod.Protobuf<PutRequest, PutRequest>(
            GrpcMethodKind.Unary,
            service,
            "Echo"
        );
        using Meter meter = new("EtcdSharp.Grpc.Tests");
        GrpcServerOptions options = new() { Metrics = new GrpcServerMetrics(meter) };
        await using TestServer server = await TestServer.StartAsync(
            options,
            new KeepAlivePolicy(),
            services =>
                services.Unary(
                    method,
                    static (request, _) => request.Lease == 0 ? new(request) : new(new GrpcStatus(StatusCode.NotFound, "no"))
                )
        );
        using GrpcChannel channel = server.Channel();
        await channel.UnaryAsync(method, new());
        await channel.UnaryAsync(method, new());
        await Assert.ThrowsAsync<GrpcStatusException>(async () => await channel.UnaryAsync(method, new() { Lease = 1 }));

        Dictionary<string, long> values = new(StringComparer.Ordinal);
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
            {
                StringBuilder name = new(instrument.Name);
                foreach ((string key, object? tag) in tags)
                {
                    name.Append(' ').Append(tag);
                }

                if (name.ToString().Contains(service, StringComparison.Ordinal))
                {
                    values[name.ToString()] = value;
                }
            }
        );
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal(3, values[$"grpc_server_started_total Echo {service} unary"]);
        Assert.Equal(2, values[$"grpc_server_handled_total Echo {service} unary OK"]);
        Assert.Equal(1, values[$"grpc_server_handled_total Echo {service} unary NotFound"]);
        Assert.Equal(0, values[$"grpc_server_handled_total Echo {service} unary Canceled"]);
        Assert.Equal(3, values[$"grpc_server_msg_received_total Echo {service} unary"]);
        Assert.Equal(2, values[$"grpc_server_msg_sent_total Echo {service} unary"]);
    }

    [Fact]
    public async Task RunningCallIsEndedFromOutside()
    {
        TaskCompletionSource<CallContext> running = new();
        await using TestServer server = await TestServer.StartAsync(services =>
            services.Bidirectional(
                TestMethods.Chat,
                async (requests, _, call) =>
                {
                    running.SetResult(call);
                    await requests.MoveNextAsync();
                    return GrpcStatus.Ok;
                }
            )
        );
        using GrpcChannel channel = server.Channel();
        using ClientCall<PutRequest, PutRequest> call = channel.Open(TestMethods.Chat);
        CallContext onServer = await running.Task.WaitAsync(TimeSpan.FromSeconds(10));
        onServer.Cancel(new(StatusCode.Unavailable, "etcdserver: no leader"));
        GrpcStatusException ended = await Assert.ThrowsAsync<GrpcStatusException>(async () => await call.MoveNextAsync());
        Assert.Equal(new(StatusCode.Unavailable, "etcdserver: no leader"), ended.Status);

        // The call object is at rest now, or serves another call: a late decision about the old one changes nothing.
        onServer.Cancel(new(StatusCode.Aborted, "too late"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EveryRequestMessageIsReleased(bool throws)
    {
        CountingMarshaller marshaller = new();
        GrpcMethod<PutRequest, PutRequest> counted = TestMethods.Echo.With(marshaller, TestMethods.Echo.ResponseMarshaller);
        TaskCompletionSource<GrpcStatus> finished = new();
        await using TestServer server = await TestServer.StartAsync(
            new() { Stages = [new RecordingStage(finished)] },
            new(),
            services =>
                services.Unary(
                    counted,
                    (request, _) => throws ? throw new GrpcStatusException(StatusCode.Aborted, "no") : new(request)
                )
        );
        using GrpcChannel channel = server.Channel();
        Task call = channel.UnaryAsync(TestMethods.Echo, new()).AsTask();
        await finished.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(1, marshaller.Released);
        await Task.WhenAny(call);
    }

    private sealed class CountingMarshaller : Marshaller<PutRequest>
    {
        public int Released { get; private set; }

        public override long Size(PutRequest message) => ProtobufMarshaller<PutRequest>.Instance.Size(message);

        public override void Encode(PutRequest message, IBufferWriter<byte> output) =>
            ProtobufMarshaller<PutRequest>.Instance.Encode(message, output);

        public override PutRequest Decode(in ReadOnlySequence<byte> bytes) =>
            ProtobufMarshaller<PutRequest>.Instance.Decode(bytes);

        public override void Release(PutRequest message) => Released++;
    }

    [Fact]
    public async Task HandlerThatFailsEndsItsCallAlone()
    {
        await using TestServer server = await TestServer.StartAsync(services =>
        {
            services.Unary(TestMethods.Echo, static (request, _) => new(request));
            services.Unary(TestMethods.Wait, static (_, _) => throw new InvalidOperationException("a bug"));
        });
        using GrpcChannel channel = server.Channel();
        GrpcStatusException failed = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await channel.UnaryAsync(TestMethods.Wait, new())
        );
        Assert.Equal(StatusCode.Unknown, failed.Code);
        await channel.UnaryAsync(TestMethods.Echo, new());
    }

    private sealed class TokenGate : CallStage
    {
        public override GrpcStatus Starting(CallContext call)
        {
            string? token = call.Header("token");
            if (token is null)
            {
                return new(StatusCode.Unauthenticated, "etcdserver: invalid auth token");
            }

            call.State =
                $"{token}/{Convert.ToHexString(call.BinaryHeader("extra-bin") ?? [])}/{call.Header("hasleader") ?? "absent"}";
            return GrpcStatus.Ok;
        }
    }
}
