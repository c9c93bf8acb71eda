using System.Net;
using System.Net.Sockets;

namespace EtcdSharp.Interop.Operation;

/// <summary>A member that cannot start ends with code 1, one line that says what to do, and a fatal line in the log.</summary>
public sealed class RefusedStartTests : IDisposable
{
    private readonly string _scratch = Directory.CreateTempSubdirectory("etcdsharp-start-").FullName;

    private string Data => Path.Combine(_scratch, "data");

    public void Dispose() => Directory.Delete(_scratch, recursive: true);

    private static async Task IsRefused(string[] flags, params string[] says)
    {
        await using var run = new ProgramRun(flags);
        var (code, lines) = await run.EndAsync();
        var text = string.Join('\n', lines);
        Assert.True(code == 1, $"ended with code {code}:\n{text}");
        var told = Assert.Single(lines, line => !line.StartsWith('{'));
        Assert.StartsWith("etcd: ", told, StringComparison.Ordinal);
        Assert.All(says, part => Assert.Contains(part, told, StringComparison.Ordinal));
        var fatal = Assert.Single(lines, line => line.Contains("\"level\":\"fatal\"", StringComparison.Ordinal));
        Assert.Contains("\"msg\":\"failed to start etcd\"", fatal, StringComparison.Ordinal);
        Assert.DoesNotContain("   at EtcdSharp", text, StringComparison.Ordinal);
    }

    /// <summary>Leaves a directory in which a member has lived and stored something.</summary>
    private async Task LiveIn()
    {
        await using var server = await EtcdServer.StartAsync(ServerKind.Ours, new ServerOptions(DataDirectory: Data));
        for (var i = 0; i < 20; i++)
        {
            await server.Endpoint.Put(
                new PutRequest { Key = ByteString.CopyFromUtf8($"k{i}"), Value = ByteString.CopyFromUtf8("v") }
            );
        }

        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task OnADirectoryInUse()
    {
        await using var server = await EtcdServer.StartAsync(ServerKind.Ours, new ServerOptions(DataDirectory: Data));
        await IsRefused(ProgramRun.Flags(Data, FreePort.Next()), "another process uses the data directory", Data);
    }

    [Fact]
    public async Task OnAnAddressInUse()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await IsRefused(ProgramRun.Flags(Data, port), $"cannot listen on http://127.0.0.1:{port}", "another process");
    }

    [Fact]
    public async Task OnADirectoryThatCannotBeMade()
    {
        var file = Path.Combine(_scratch, "file");
        await File.WriteAllTextAsync(file, "");
        await IsRefused(ProgramRun.Flags(Path.Combine(file, "data"), FreePort.Next()), "data directory", file);
    }

    [Fact]
    public async Task OnADamagedLog()
    {
        await LiveIn();
        var segment = Directory.GetFiles(Path.Combine(Data, "member", "wal"), "*.wal").Order(StringComparer.Ordinal).First();
        await using (var wal = File.Open(segment, FileMode.Open))
        {
            // In the middle of the records, so that what follows proves that this is not a torn end.
            wal.Position = 400;
            wal.Write("damage"u8);
        }

        await IsRefused(ProgramRun.Flags(Data, FreePort.Next()), "the log cannot be read", "etcdutl snapshot restore");
    }

    [Fact]
    public async Task OnADamagedStore()
    {
        await LiveIn();
        await using (var store = File.Open(Path.Combine(Data, "member", "snap", "db"), FileMode.Open))
        {
            store.Write(new byte[3 * Environment.SystemPageSize]);
        }

        await IsRefused(ProgramRun.Flags(Data, FreePort.Next()), "the store is damaged", "etcdutl snapshot restore");
    }
}
