namespace EtcdSharp.Interop.Operation;

/// <summary>A watcher that does not read costs the server no memory to speak of, and misses nothing when it reads again.</summary>
public sealed class SlowWatcherTests
{
    /// <summary>The managed heap of the server in bytes, hexadecimal as the runtime takes it: half of what the watcher misses.</summary>
    private const string HeapMax = "0x10000000";

    private const int Values = 512;
    private const int ValueBytes = 1024 * 1024;

    private static readonly ByteString s_key = ByteString.CopyFromUtf8("watched");

    [Fact]
    public async Task WhatAStalledWatcherHasMissedIsNotHeldInMemory()
    {
        // Otherwise the log keeps the last five thousand entries in memory, watched or not.
        string[] flags = ["--snapshot-count", "20", "--snapshot-catchup-entries", "10", "--log-level", "warn"];
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DOTNET_GCHeapHardLimit"] = HeapMax };
        await using var server = await EtcdServer.StartAsync(ServerKind.Ours, new ServerOptions(flags, environment));
        using var aside = new EtcdEndpoint(server.Address);
        await using var watch = aside.Watch();
        await watch.WriteAsync(new WatchRequest { CreateRequest = new WatchCreateRequest { Key = s_key } });
        var from = (await watch.ReadAsync())!.Header.Revision;
        var last = await WriteAsync(server);

        var next = from + 1;
        while (next <= last)
        {
            foreach (var change in (await watch.ReadAsync())!.Events)
            {
                Assert.Equal((next, ValueBytes), (change.Kv.ModRevision, change.Kv.Value.Length));
                next++;
            }
        }
    }

    /// <returns>The last revision.</returns>
    private static async Task<long> WriteAsync(EtcdServer server)
    {
        var value = new byte[ValueBytes];
        var revision = 0L;
        for (var i = 0; i < Values; i++)
        {
            Random.Shared.NextBytes(value);
            var put = await server.Endpoint.Put(new PutRequest { Key = s_key, Value = ByteString.CopyFrom(value) });
            revision = put.Header.Revision;
        }

        return revision;
    }
}
