namespace EtcdSharp.Server.Tests.Members;

/// <summary>The first example of docs/embed.md, as it stands there; those with a client are run where the client is.</summary>
public sealed class EmbeddingExampleTests
{
    [Fact]
    public async Task TheExampleRuns()
    {
        var scratch = Directory.CreateTempSubdirectory("etcdsharp-embed-").FullName;
        try
        {
            var address = await RunAsync(Path.Combine(scratch, "data"));
            Assert.StartsWith("http://127.0.0.1:", address, StringComparison.Ordinal);
            Assert.False(address.EndsWith(":0", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    [Fact]
    public void TheExampleIsTheOneOfThePage()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "EtcdSharp.slnx")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        var page = File.ReadAllText(Path.Combine(root, "docs", "embed.md")).Split("```");
        var example = page.First(block => block.StartsWith("csharp", StringComparison.Ordinal));
        var lines = example.Split('\n').Skip(1).Select(line => line.Trim()).Where(line => line.Length != 0);
        var source = Path.Combine(root, "tests", "EtcdSharp.Server.Tests", "Members", nameof(EmbeddingExampleTests) + ".cs");
        Assert.Contains(
            string.Join('\n', lines),
            string.Join('\n', File.ReadLines(source).Select(line => line.Trim()).Where(line => line.Length != 0)),
            StringComparison.Ordinal
        );
    }

    private static async Task<string> RunAsync(string directory)
    {
        await using var member = await Member.StartAsync(
            new MemberOptions { DataDirectory = directory, ListenClientUrls = ["http://127.0.0.1:0"] }
        );

        // Port 0 lets the system choose; this is the address for any etcd client.
        var address = member.ClientUrls[0];
        return address;
    }
}
