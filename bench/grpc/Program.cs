using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Api;
using EtcdSharp.Edge.Listening;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Server;
using Google.Protobuf;

// What one unary call costs, the server and the load in processes of their own:
//   grpc-bench serve                     serves, prints its address, and its CPU and allocations at each line of input
//   grpc-bench load ADDRESS CALLS LOOPS [later]  makes that many calls from so many concurrent loops
//   grpc-bench                           runs both and prints the figures
GrpcMethod<PutRequest, PutResponse> echo = GrpcMethod.Protobuf<PutRequest, PutResponse>(
    GrpcMethodKind.Unary,
    "bench.Echo",
    "Put"
);
GrpcMethod<PutRequest, PutResponse> later = GrpcMethod.Protobuf<PutRequest, PutResponse>(
    GrpcMethodKind.Unary,
    "bench.Echo",
    "Later"
);

return args switch
{
    ["serve"] => await ServeAsync(),
    ["load", string address, string calls, string loops, ..] => await LoadAsync(
        address,
        int.Parse(calls, CultureInfo.InvariantCulture),
        int.Parse(loops, CultureInfo.InvariantCulture),
        args.Length > 4 ? later : echo
    ),
    _ => await CompareAsync(),
};

async Task<int> ServeAsync()
{
    PutResponse response = new()
    {
        Header = new()
        {
            ClusterId = 1,
            MemberId = 2,
            Revision = 3,
            RaftTerm = 4,
        },
    };
    GrpcServiceBuilder services = new();
    services.Unary(echo, (_, _) => new(response));
    services.Unary(
        later,
        async (_, _) =>
        {
            await Task.Yield();
            return response;
        }
    );
    _ = EdgeUrl.TryParse("http://127.0.0.1:0", out EdgeUrl? url, out _);
    EdgeHost host = await EdgeHost.StartAsync(new() { Urls = [url!], Grpc = services.Build(new()) }, CancellationToken.None);
    Console.WriteLine(host.Urls[0].Text);
    while (Console.ReadLine() is not null)
    {
        long microseconds = (long)Environment.CpuUsage.TotalTime.TotalMicroseconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{microseconds} {GC.GetTotalAllocatedBytes()}"));
    }

    await host.DisposeAsync();
    return 0;
}

async Task<int> LoadAsync(string address, int calls, int loops, GrpcMethod<PutRequest, PutResponse> method)
{
    using GrpcChannel channel = new(address);
    PutRequest request = new() { Key = ByteString.CopyFromUtf8("0123456789abcdef"), Value = ByteString.CopyFrom(new byte[256]) };
    int left = calls;
    await Task.WhenAll(
        Enumerable
            .Range(0, loops)
            .Select(_ =>
                Task.Run(async () =>
                {
                    while (Interlocked.Decrement(ref left) >= 0)
                    {
                        await channel.UnaryAsync(method, request);
                    }
                })
            )
    );
    Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(long)Environment.CpuUsage.TotalTime.TotalMicroseconds} {GC.GetTotalAllocatedBytes()}"
        )
    );
    return 0;
}

async Task<int> CompareAsync()
{
    const int warmUp = 30_000;
    const int calls = 200_000;
    using Process server = Start("serve");
    string address = (await server.StandardOutput.ReadLineAsync())!;
    foreach (string kind in new[] { "echo", "later" })
    {
        foreach (int loops in new[] { 1, 16, 64, 256 })
        {
            await RunLoadAsync(address, warmUp, loops, kind);
            (long cpuBefore, long bytesBefore) = await AskAsync(server);
            Stopwatch time = Stopwatch.StartNew();
            int count = loops == 1 ? calls / 10 : calls;
            (long loadCpu, long loadBytes) = await RunLoadAsync(address, count, loops, kind);
            time.Stop();
            (long cpuAfter, long bytesAfter) = await AskAsync(server);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kind, -6} {loops, 4} loops: {count / time.Elapsed.TotalSeconds, 8:F0} calls/s, server {(cpuAfter - cpuBefore) / (double)count, 6:F1} us CPU and {(bytesAfter - bytesBefore) / count, 5} B per call, client {loadCpu / (double)count, 6:F1} us and {loadBytes / count, 5} B"
                )
            );
        }
    }

    server.StandardInput.Close();
    await server.WaitForExitAsync();
    return 0;
}

static async Task<(long Cpu, long Bytes)> RunLoadAsync(string address, int calls, int loops, string kind)
{
    string[] arguments =
        kind == "later" ? ["load", address, $"{calls}", $"{loops}", "later"] : ["load", address, $"{calls}", $"{loops}"];
    using Process load = Start(arguments);
    string line = (await load.StandardOutput.ReadLineAsync())!;
    await load.WaitForExitAsync();
    return Parse(line);
}

static async Task<(long Cpu, long Bytes)> AskAsync(Process server)
{
    await server.StandardInput.WriteLineAsync();
    return Parse((await server.StandardOutput.ReadLineAsync())!);
}

static (long Cpu, long Bytes) Parse(string line)
{
    string[] parts = line.Split(' ');
    return (long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
}

static Process Start(params string[] arguments)
{
    ProcessStartInfo start = new(Environment.ProcessPath!, arguments)
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    };
    return Process.Start(start)!;
}
