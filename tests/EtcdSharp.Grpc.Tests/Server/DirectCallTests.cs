using System.Buffers;
using EtcdSharp.Api;
using EtcdSharp.Grpc.InProcess;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Grpc.Tests.Support;
using Google.Protobuf;

namespace EtcdSharp.Grpc.Tests.Server;

/// <summary>The entry for other protocols: a method by its full name, bytes in, bytes out, and nothing that listens.</summary>
public sealed class DirectCallTests
{
    [Fact]
    public async Task AMethodIsCalledByNameWithBytes()
    {
        CallTable calls = Table();
        PutRequest sent = TestMethods.Message("k", 100);
        using UnaryExchange exchange = new(requestBytesMax: 1000);
        exchange.Ask(sent.ToByteArray());
        DirectCall call = new(calls, default, exchange, exchange, CancellationToken.None);

        Assert.Equal(GrpcStatus.Ok, await calls.InvokeAsync("/test.Echo/EchoLater", call));
        Assert.True(exchange.IsAnswered);
        Assert.Equal(sent.ToByteArray(), exchange.Answer.ToArray());
        Assert.Equal((sent.CalculateSize(), sent.CalculateSize()), (call.ReceivedBytes, call.SentBytes));
    }

    [Theory]
    [InlineData("/test.Echo/Nothing", "unknown method Nothing for service test.Echo")]
    [InlineData("/no.Such/Nothing", "unknown service no.Such")]
    [InlineData("nonsense", "malformed method name: \"nonsense\"")]
    public async Task AnUnknownNameIsRefused(string path, string message)
    {
        CallTable calls = Table();
        using UnaryExchange exchange = new(requestBytesMax: 1000);
        DirectCall call = new(calls, default, exchange, exchange, CancellationToken.None);
        Assert.Equal(new(StatusCode.Unimplemented, message), await calls.InvokeAsync(path, call));
        Assert.Equal(call.Status, new(StatusCode.Unimplemented, message));
        Assert.False(exchange.IsAnswered);
    }

    [Fact]
    public async Task BytesThatAreNoRequestAreRefusedAsOnTheWire()
    {
        (GrpcStatus status, _, _) = await CallAsync("/test.Echo/Echo", [0xFF, 0xFF, 0xFF]);
        Assert.Equal(StatusCode.Internal, status.Code);
        Assert.StartsWith("grpc: error unmarshalling request: ", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARefusalComesWithItsTrailers()
    {
        PutRequest request = TestMethods.Message("gone");
        request.Lease = (long)StatusCode.NotFound;
        (GrpcStatus status, _, DirectCall call) = await CallAsync("/test.Echo/Refuse", request.ToByteArray());
        Assert.Equal(new(StatusCode.NotFound, "gone"), status);
        Assert.Equal("because", call.Trailers["why"]);
    }

    [Fact]
    public async Task AStreamOfAnswersGoesToAWriterOfTheCallersOwn()
    {
        PutRequest request = TestMethods.Message("k", 10);
        request.Lease = 3;
        (GrpcStatus status, Pages answers, DirectCall call) = await CallAsync("/test.Echo/Repeat", request.ToByteArray());
        Assert.Equal(GrpcStatus.Ok, status);
        Assert.Equal(3, answers.Messages.Count);
        Assert.All(answers.Messages, message => Assert.Equal(request.ToByteArray(), message));
        Assert.Equal(3 * request.CalculateSize(), call.SentBytes);
    }

    [Fact]
    public async Task AnAnswerInPiecesIsFlushedAfterEach()
    {
        PiecesMarshaller pieces = new(pieceBytes: 1000);
        CallTable calls = Table(services =>
            services.Unary(TestMethods.Echo.With(TestMethods.Echo.RequestMarshaller, pieces), static (request, _) => new(request))
        );
        Pages answers = new();
        using UnaryExchange exchange = new(requestBytesMax: 1000);
        exchange.Ask(new PutRequest { Lease = 10_500 }.ToByteArray());
        DirectCall call = new(calls, default, exchange, answers, CancellationToken.None);
        Assert.Equal(GrpcStatus.Ok, await calls.InvokeAsync("/test.Echo/Echo", call));
        Assert.Equal(10_500, Assert.Single(answers.Messages).Length);
        Assert.Equal(11, answers.Flushes);
        Assert.Equal(1, pieces.Released);
    }

    [Fact]
    public async Task TheStagesStandInFrontOfItToo()
    {
        Guard guard = new();
        CallTable calls = Table(TestMethods.AddTo, new() { Stages = [guard] });
        using UnaryExchange exchange = new(requestBytesMax: 1000);
        DirectCall call = new(
            calls,
            new()
            {
                Metadata = new() { { "token", "secret" } },
                Timeout = TimeSpan.FromMinutes(1),
            },
            exchange,
            exchange,
            CancellationToken.None
        );
        Assert.Equal(new(StatusCode.PermissionDenied, "not secret"), await calls.InvokeAsync("/test.Echo/Echo", call));
        Assert.Equal(["starting secret", "received 0", "admitting", "finished PermissionDenied"], guard.Seen);
        Assert.True(call.HasDeadline);
    }

    [Fact]
    public async Task ADeadlineThatHasPassedLetsNothingRun()
    {
        Guard guard = new();
        CallTable calls = Table(TestMethods.AddTo, new() { Stages = [guard] });
        using UnaryExchange exchange = new(requestBytesMax: 1000);
        DirectCall call = new(calls, new() { Timeout = TimeSpan.Zero }, exchange, exchange, CancellationToken.None);
        GrpcStatus status = await calls.InvokeAsync("/test.Echo/Wait", call);
        Assert.Equal(new(StatusCode.DeadlineExceeded, "context deadline exceeded"), status);
        Assert.Equal(["finished DeadlineExceeded"], guard.Seen);
    }

    private static CallTable Table() => Table(TestMethods.AddTo);

    private static CallTable Table(Action<GrpcServiceBuilder> register, GrpcServerOptions? options = null)
    {
        GrpcServiceBuilder services = new();
        register(services);
        return services.BuildTable(options ?? new());
    }

    private static async Task<(GrpcStatus Status, Pages Answers, DirectCall Call)> CallAsync(string path, byte[] request)
    {
        CallTable calls = Table();
        Pages answers = new();
        using UnaryExchange exchange = new(requestBytesMax: 1000);
        exchange.Ask(request);
        DirectCall call = new(calls, default, exchange, answers, CancellationToken.None);
        return (await calls.InvokeAsync(path, call), answers, call);
    }

    /// <summary>What a carrier of another protocol would be: it keeps the messages as they come.</summary>
    private sealed class Pages : IAnswerWriter
    {
        private readonly ArrayBufferWriter<byte> message = new();

        public List<byte[]> Messages { get; } = [];

        public int Flushes { get; private set; }

        public IBufferWriter<byte> Begin(int bytes, bool inPieces) => message;

        public void End()
        {
            Messages.Add(message.WrittenSpan.ToArray());
            message.ResetWrittenCount();
        }

        public ValueTask<bool> FlushAsync()
        {
            Flushes++;
            return new(true);
        }

        public void Abandon(StatusCode reason) => message.ResetWrittenCount();

        public void CancelPendingFlush() { }
    }

    private sealed class Guard : CallStage
    {
        public List<string> Seen { get; } = [];

        public override GrpcStatus Starting(CallContext call)
        {
            Seen.Add($"starting {call.Header("token")}");
            return GrpcStatus.Ok;
        }

        public override void Received(CallContext call, int bytes) => Seen.Add($"received {bytes}");

        public override async ValueTask<GrpcStatus> AdmitAsync(CallContext call)
        {
            await Task.Yield();
            Seen.Add("admitting");
            return new(StatusCode.PermissionDenied, "not secret");
        }

        public override void Finished(CallContext call, GrpcStatus status) => Seen.Add($"finished {status.Code}");
    }
}
