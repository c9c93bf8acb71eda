using System.Diagnostics;
using EtcdSharp.Api;
using EtcdSharp.Api.Mvccpb;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Tests.Support;
using EtcdSharp.Harness;
using Google.Protobuf;

namespace EtcdSharp.Grpc.Tests.Server;

/// <summary>The real etcdctl, written in Go on grpc-go, against our server with a few canned answers.</summary>
public sealed class EtcdctlTests
{
    [Fact]
    public async Task GetAndPut()
    {
        await using TestServer server = await StartAsync();
        Assert.Equal("foo\nbar\n", await RunAsync(server, "get", "foo"));
        Assert.Equal("OK\n", await RunAsync(server, "put", "k", new string('v', 100_000)));
    }

    [Fact]
    public async Task EndpointStatus()
    {
        await using TestServer server = await StartAsync();
        string output = await RunAsync(server, "endpoint", "status");
        Assert.Contains("3.7.0", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefusalIsPrintedAsEtcdctlPrintsIt()
    {
        await using TestServer server = await StartAsync();
        string output = await RunAsync(server, "del", "foo");
        Assert.Contains("etcdserver: request is too large", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch()
    {
        await using TestServer server = await StartAsync();
        using Process watch = Start(server, "watch", "foo");
        List<string> lines = [];
        using CancellationTokenSource timeout = new(TimeSpan.FromSeconds(15));
        while (lines.Count < 3 && await watch.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            lines.Add(line);
        }

        watch.Kill();
        Assert.Equal(["PUT", "foo", "bar"], lines);
    }

    private static Task<TestServer> StartAsync() =>
        TestServer.StartAsync(services =>
        {
            KeyValue pair = new()
            {
                Key = ByteString.CopyFromUtf8("foo"),
                Value = ByteString.CopyFromUtf8("bar"),
                ModRevision = 2,
            };
            services.Unary(
                KvMethods.Range,
                (request, _) =>
                    new(
                        new RangeResponse
                        {
                            Header = new() { Revision = 2 },
                            Count = 1,
                            Kvs = { pair },
                        }
                    )
            );
            services.Unary(KvMethods.Put, static (_, _) => new(new PutResponse { Header = new() { Revision = 3 } }));
            services.Unary(
                KvMethods.DeleteRange,
                static (_, _) => new(new GrpcStatus(StatusCode.InvalidArgument, "etcdserver: request is too large"))
            );
            services.Unary(
                MaintenanceMethods.Status,
                static (_, _) =>
                    new(
                        new StatusResponse
                        {
                            Header = new() { MemberId = 1 },
                            Version = "3.7.0",
                            Leader = 1,
                        }
                    )
            );
            services.Bidirectional(
                WatchMethods.Watch,
                async (requests, responses, _) =>
                {
                    while (await requests.MoveNextAsync())
                    {
                        await responses.WriteAsync(
                            new()
                            {
                                Header = new() { Revision = 2 },
                                Created = true,
                            }
                        );
                        WatchResponse events = new() { Header = new() { Revision = 2 } };
                        events.Events.Add(new Event { Type = Event.Types.EventType.Put, Kv = pair });
                        await responses.WriteAsync(events);
                    }

                    return GrpcStatus.Ok;
                }
            );
        });

    private static async Task<string> RunAsync(TestServer server, params string[] arguments)
    {
        using Process etcdctl = Start(server, arguments);
        Task<string> output = etcdctl.StandardOutput.ReadToEndAsync();
        Task<string> errors = etcdctl.StandardError.ReadToEndAsync();
        await etcdctl.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(15));
        return await output + await errors;
    }

    private static Process Start(TestServer server, params string[] arguments)
    {
        string? etcdctl = Programs.RealEtcdctl;
        if (etcdctl is null)
        {
            Assert.Skip("the real etcdctl is not here: run scripts/fetch-real-etcd or set ETCDSHARP_REAL_ETCD");
        }

        ProcessStartInfo start = new(etcdctl, ["--endpoints", server.Address, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ETCDCTL_API"] = "3";
        return Process.Start(start)!;
    }
}
