using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.General;

/// <summary>
/// Every command with a standard stream that is closed, full or gone: it ends, with the code that a shell expects, and says
/// at most one line. In a script <c>"$@"</c> is the program with its arguments.
/// </summary>
public sealed class HostStreamCases(SharedMember shared)
{
    private const int Io = 6;
    private const int ReaderGone = 141;

    /// <summary>A pipe whose reader has gone for certain, on descriptor 4.</summary>
    private const string BrokenPipe = """mkfifo "$PIPE"; exec 3<>"$PIPE"; exec 4>"$PIPE"; exec 3<&-; rm "$PIPE"; """;

    [Theory]
    [InlineData("etcdctl", "put k v")]
    [InlineData("etcdctl", "put k")]
    [InlineData("etcdctl", "get k")]
    [InlineData("etcdctl", "get --prefix '' -w json")]
    [InlineData("etcdctl", "get k -w protobuf")]
    [InlineData("etcdctl", "get")]
    [InlineData("etcdctl", "del nothing")]
    [InlineData("etcdctl", "txn")]
    [InlineData("etcdctl", "txn -i")]
    [InlineData("etcdctl", "watch -i")]
    [InlineData("etcdctl", "compaction x")]
    [InlineData("etcdctl", "member list -w table")]
    [InlineData("etcdctl", "endpoint status -w fields")]
    [InlineData("etcdctl", "endpoint health")]
    [InlineData("etcdctl", "endpoint hashkv")]
    [InlineData("etcdctl", "alarm list")]
    [InlineData("etcdctl", "lease list")]
    [InlineData("etcdctl", "lease grant x")]
    [InlineData("etcdctl", "user list")]
    [InlineData("etcdctl", "user add some-user")]
    [InlineData("etcdctl", "user add some-user --interactive=false --no-password=x")]
    [InlineData("etcdctl", "user passwd nobody")]
    [InlineData("etcdctl", "role list")]
    [InlineData("etcdctl", "auth status")]
    [InlineData("etcdctl", "lock name /bin/true")]
    [InlineData("etcdctl", "version")]
    [InlineData("etcdctl", "help")]
    [InlineData("etcdctl", "options")]
    [InlineData("etcdctl", "completion bash")]
    [InlineData("etcdctl", "__complete g")]
    [InlineData("etcdctl", "frobnicate")]
    [InlineData("etcdctl", "get --frobnicate")]
    [InlineData("etcdctl", "--user root get k")]
    [InlineData("etcdutl", "version")]
    [InlineData("etcdutl", "help")]
    [InlineData("etcdutl", "completion zsh")]
    [InlineData("etcdutl", "defrag")]
    [InlineData("etcdutl", "defrag --data-dir /nowhere")]
    [InlineData("etcdutl", "snapshot status /nowhere")]
    [InlineData("etcdutl", "frobnicate")]
    [InlineData("etcd", "--version")]
    [InlineData("etcd", "--help")]
    [InlineData("etcd", "--frobnicate")]
    public async Task AStreamThatIsClosedFullOrGoneEndsNothingBadly(string program, string line)
    {
        var side = await shared.EtcdctlAsync();
        var arguments = CommandText.Split(line);
        if (program == "etcdctl")
        {
            arguments.InsertRange(0, ["--endpoints", side.Member.Address.Authority]);
        }

        var plain = await RunAsync(program, """exec "$@" </dev/null""", arguments);
        var prints = plain.Output.Length > 0;

        // As etcd's programs see it: nothing comes in, and nobody cares for what goes out.
        await AssertEndsAsync("""exec "$@" <&-""", plain.ExitCode);
        await AssertEndsAsync("""exec "$@" </dev/null >&-""", plain.ExitCode);
        await AssertEndsAsync("""exec "$@" </dev/null 2>&-""", plain.ExitCode);
        await AssertEndsAsync("""exec "$@" <&- >&- 2>&-""", plain.ExitCode);
        await AssertEndsAsync("""exec "$@" </dev/null 2>/dev/full""", plain.ExitCode);
        await AssertEndsAsync(BrokenPipe + """exec "$@" </dev/null 2>&4""", plain.ExitCode);

        // An answer that is lost is no success. What a program that it starts prints is that program's own affair.
        await AssertEndsAsync("""exec "$@" </dev/null >/dev/full""", prints ? Io : plain.ExitCode);
        await AssertEndsAsync(BrokenPipe + """exec "$@" </dev/null >&4""", prints ? ReaderGone : plain.ExitCode);

        async Task AssertEndsAsync(string script, int expected)
        {
            var outcome = await RunAsync(program, script, arguments);
            Assert.True(outcome.ExitCode == expected, $"{script}: {outcome.ExitCode}, not {expected}: {outcome.Error}");
            Assert.DoesNotContain("Unhandled", outcome.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("unexpected", outcome.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AWatchEndsWithItsReader()
    {
        var side = await shared.EtcdctlAsync();
        var key = ByteString.CopyFromUtf8($"host/{Guid.NewGuid()}");
        await side.Member.Put(new PutRequest { Key = key, Value = ByteString.CopyFromUtf8("1") });
        var line = $"watch {key.ToStringUtf8()} --rev 1";
        using var watch = side.Start(line, ours: true);
        Assert.Equal("PUT", await watch.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
        watch.StandardOutput.Close();
        await side.Member.Put(new PutRequest { Key = key, Value = ByteString.CopyFromUtf8("2") });
        await watch.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(ReaderGone, watch.ExitCode);
        Assert.Equal("", await watch.StandardError.ReadToEndAsync());
    }

    /// <summary>Two programs that share a file go on where the other has ended, and so does one that starts in the midst.</summary>
    [Fact]
    public async Task ProgramsThatShareAnOutputDoNotWriteOverOneAnother()
    {
        var outcome = await RunAsync("etcdctl", """OUT="$PIPE"; ("$@"; "$@") >"$OUT"; cat "$OUT"; rm "$OUT" """, ["version"]);
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.Equal(lines[..2], lines[2..]);
    }

    private static Task<Outcome> RunAsync(string program, string script, IReadOnlyList<string> arguments)
    {
        var path = program switch
        {
            "etcdctl" => Programs.OurEtcdctl,
            "etcdutl" => Programs.OurEtcdutl,
            _ => Programs.OurEtcd,
        };
        var pipe = Path.Combine(Path.GetTempPath(), $"etcdsharp-host-{Guid.NewGuid()}");
        return ProgramRun.RunAsync("/bin/sh", ["-c", script, "sh", path, .. arguments], environment: [("PIPE", pipe)]);
    }
}
