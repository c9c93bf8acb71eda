using System.Diagnostics;

namespace EtcdSharp.Interop.Operation;

/// <summary>What a signal does to a member that serves.</summary>
public sealed class StopTests
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(Terminate, "terminated")]
    [InlineData(Interrupt, "interrupt")]
    public async Task ASignalEndsWatchesAndTheProcessAtOnce(int signal, string name)
    {
        var scratch = Directory.CreateTempSubdirectory("etcdsharp-stop-").FullName;
        try
        {
            var port = FreePort.Next();
            await using var run = new ProgramRun(ProgramRun.Flags(Path.Combine(scratch, "data"), port));
            using var endpoint = new EtcdEndpoint(new Uri($"http://127.0.0.1:{port}"));
            await UntilServing(endpoint);
            await using var watch = endpoint.Watch();
            await watch.WriteAsync(
                new WatchRequest { CreateRequest = new WatchCreateRequest { Key = ByteString.CopyFromUtf8("a") } }
            );
            Assert.True((await watch.ReadAsync())!.Created);

            var started = Stopwatch.GetTimestamp();
            run.Signal(signal);
            var ended = await Assert.ThrowsAsync<GrpcFailure>(() => watch.ReadAsync());
            var (code, lines) = await run.EndAsync();
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, s_soon);
            Assert.Equal((GrpcCode.Unavailable, "etcdserver: server stopped"), (ended.Code, ended.Detail));
            Assert.Equal(0, code);
            Assert.Contains(lines, line => line.Contains($"\"signal\":\"{name}\"", StringComparison.Ordinal));
            foreach (
                var message in (string[])
                    [
                        "published local member to cluster through raft",
                        "setting up initial cluster version using v3 API",
                        "serving client traffic insecurely; this is strongly discouraged!",
                        "ready to serve client requests",
                        "closed etcd server",
                    ]
            )
            {
                Assert.Contains(lines, line => line.Contains($"\"msg\":\"{message}\"", StringComparison.Ordinal));
            }
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>A script's background job inherits an interrupt that is ignored; etcd listens to it nevertheless.</summary>
    [Theory]
    [InlineData(Terminate)]
    [InlineData(Interrupt)]
    public async Task ASignalThatTheParentIgnoresEndsTheProcess(int signal)
    {
        var scratch = Directory.CreateTempSubdirectory("etcdsharp-stop-").FullName;
        try
        {
            var port = FreePort.Next();
            await using var run = ProgramRun.WithSignalsIgnored(ProgramRun.Flags(Path.Combine(scratch, "data"), port));
            using var endpoint = new EtcdEndpoint(new Uri($"http://127.0.0.1:{port}"));
            await UntilServing(endpoint);
            run.Signal(signal);
            Assert.Equal(0, (await run.EndAsync()).Code);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task UntilServing(EtcdEndpoint endpoint)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await endpoint.Range(new RangeRequest { Key = ByteString.CopyFromUtf8("a") });
                return;
            }
            catch (HttpRequestException) when (attempt < 1000)
            {
                await Task.Delay(10);
            }
        }
    }
}
