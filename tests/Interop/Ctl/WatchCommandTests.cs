using System.Diagnostics;

namespace EtcdSharp.Interop.Ctl;

public sealed class WatchCommandTests(SharedServers servers)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly string _prefix = $"{Guid.NewGuid():N}/";

    public static TheoryData<ServerKind> Both => [ServerKind.Real, ServerKind.Ours];

    private string Key(string name) => _prefix + name;

    /// <summary>Reads as many lines as expected and compares them.</summary>
    private static async Task Prints(Process process, params string[] expected)
    {
        foreach (var line in expected)
        {
            Assert.Equal(line, await process.StandardOutput.ReadLineAsync().WaitAsync(Patience));
        }
    }

    /// <summary>The first put may come before the watcher is there: puts markers until one is seen, and steps over them.</summary>
    private async Task WaitUntilWatching(Etcdctl ctl, Process process, string marker)
    {
        var line = process.StandardOutput.ReadLineAsync();
        do
        {
            await ctl.Run("put", marker, "marker");
        } while (await Task.WhenAny(line, Task.Delay(200)) != line);
        string? text;
        await ctl.Run("put", marker, "last marker");
        do
        {
            text = await line.WaitAsync(Patience);
            Assert.NotNull(text);
            line = text == "last marker" ? Task.FromResult<string?>(null) : process.StandardOutput.ReadLineAsync();
        } while (text != "last marker");
    }

    [Theory, MemberData(nameof(Both))]
    public async Task OfAKey(ServerKind kind)
    {
        var ctl = await servers.Ctl(kind);
        using var watch = ctl.Start("watch", Key("a"));
        try
        {
            await WaitUntilWatching(ctl, watch, Key("a"));
            await ctl.Run("put", Key("b"), "not watched");
            await ctl.Run("put", Key("a"), "1");
            await ctl.Run("del", Key("a"));
            await Prints(watch, "PUT", Key("a"), "1", "DELETE", Key("a"), "");
        }
        finally
        {
            watch.Kill();
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task OfAPrefixWithThePairBefore(ServerKind kind)
    {
        var ctl = await servers.Ctl(kind);
        await ctl.Run("put", Key("a"), "0");
        using var watch = ctl.Start("watch", _prefix, "--prefix", "--prev-kv");
        try
        {
            await WaitUntilWatching(ctl, watch, Key("m"));
            await ctl.Run("put", Key("a"), "1");
            await ctl.Run("del", Key("a"));
            await Prints(watch, "PUT", Key("a"), "0", Key("a"), "1", "DELETE", Key("a"), "1", Key("a"), "");
        }
        finally
        {
            watch.Kill();
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task FromARevision(ServerKind kind)
    {
        var ctl = await servers.Ctl(kind);
        await ctl.Run("put", Key("a"), "1");
        await ctl.Run("put", Key("a"), "2");
        await ctl.Run("del", Key("a"));
        using var watch = ctl.Start("watch", Key("a"), "--rev=1");
        try
        {
            await Prints(watch, "PUT", Key("a"), "1", "PUT", Key("a"), "2", "DELETE", Key("a"), "");
        }
        finally
        {
            watch.Kill();
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task OfARange(ServerKind kind)
    {
        var ctl = await servers.Ctl(kind);
        foreach (var name in new[] { "a", "b", "c" })
        {
            await ctl.Run("put", Key(name), name);
        }
        using var watch = ctl.Start("watch", Key("a"), Key("c"), "--rev=1");
        try
        {
            await Prints(watch, "PUT", Key("a"), "a", "PUT", Key("b"), "b");
        }
        finally
        {
            watch.Kill();
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task ManyOnOneStream(ServerKind kind)
    {
        var ctl = await servers.Ctl(kind);
        await ctl.Run("put", Key("a"), "1");
        await ctl.Run("put", Key("b"), "2");
        using var watch = ctl.Start("watch", "-i");
        try
        {
            await watch.StandardInput.WriteLineAsync($"watch --rev=1 {Key("a")}");
            await Prints(watch, "PUT", Key("a"), "1");
            await watch.StandardInput.WriteLineAsync($"watch --rev=1 {Key("b")}");
            await Prints(watch, "PUT", Key("b"), "2");
            await ctl.Run("put", Key("a"), "3");
            await Prints(watch, "PUT", Key("a"), "3");
        }
        finally
        {
            watch.Kill();
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task WithProgressNotifications(ServerKind kind)
    {
        Etcdctl.SkipUnlessThere(kind);
        var flag = kind == ServerKind.Real ? "--experimental-watch-progress-notify-interval" : "--watch-progress-notify-interval";
        await using var server = await EtcdServer.StartAsync(kind, new ServerOptions([flag, "300ms"]));
        var ctl = new Etcdctl(server);
        using var watch = ctl.Start("watch", "a", "--progress-notify");
        try
        {
            await Prints(watch, "progress notify: 1");
            await ctl.Run("put", "other", "x");
            string? line;
            do
            {
                line = await watch.StandardOutput.ReadLineAsync().WaitAsync(Patience);
            } while (line == "progress notify: 1");
            Assert.Equal("progress notify: 2", line);
        }
        finally
        {
            watch.Kill();
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task OfACompactedRevisionEndsWithAnError(ServerKind kind)
    {
        Etcdctl.SkipUnlessThere(kind);
        await using var server = await EtcdServer.StartAsync(kind);
        var ctl = new Etcdctl(server);
        for (var i = 0; i < 5; i++)
        {
            await ctl.Run("put", "a", $"{i}");
        }
        await ctl.Run("compaction", "4");
        Assert.Equal("Error: watch is canceled by the server", await ctl.Fail("watch", "a", "--rev=2"));
    }
}
