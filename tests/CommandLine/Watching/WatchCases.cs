using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Watching;

/// <summary>
/// <c>etcdctl watch</c>. Watches begin in the past and end with a program that fails, so that the cases end by themselves.
/// </summary>
public sealed class WatchCases(SharedMember member)
{
    private const string Ending =
        "sh -c 'echo $ETCD_WATCH_EVENT_TYPE $ETCD_WATCH_KEY $ETCD_WATCH_VALUE; test $ETCD_WATCH_KEY != \\\"{p}end\\\"'";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static readonly (string, string)[] s_keys = [("a", "1"), ("a", "2"), ("b", "ü \"x\""), ("end", "")];

    [Theory]
    [InlineData("watch {p} --prefix --rev {rev} -- ")]
    [InlineData("watch --rev {rev} --prefix {p} -- ")]
    [InlineData("watch {p} {q} --rev {rev} -- ")]
    [InlineData("watch {p}end --rev {rev} -- ")]
    [InlineData("watch {p} --prefix --rev {rev} --prev-kv -- ")]
    [InlineData("watch {p} --prefix --rev {rev} --hex -- ")]
    [InlineData("watch {p} --prefix --rev {rev} -w json -- ")]
    [InlineData("watch {p} --prefix --rev {rev} -w fields -- ")]
    [InlineData("watch {p} --prefix --rev {rev} --prev-kv -w fields -- ")]
    [InlineData("watch {p} --prefix --rev={rev} --progress-notify -- ")]
    public async Task SameAsEtcd(string line)
    {
        var side = await member.EtcdctlAsync();
        if (line.Contains("json", StringComparison.Ordinal))
        {
            // 3.7 adds "CancelReason" and tells of the header in the same way.
            await side.NewerAsync(
                line + Ending,
                (output, _, code) =>
                {
                    Assert.Equal(1, code);
                    Assert.Contains("\"CompactRevision\":0,\"Canceled\":false,\"Created\":false,\"CancelReason\":\"\"}", output);
                },
                s_keys
            );
        }
        else
        {
            await side.SameAsync([line + Ending], s_keys);
        }
    }

    [Theory]
    [InlineData("watch")]
    [InlineData("watch --rev 1")]
    [InlineData("watch foo --")]
    [InlineData("watch --")]
    [InlineData("watch a b --prefix")]
    [InlineData("watch a --rev x")]
    [InlineData("watch a -w yaml")]
    [InlineData("watch a -- nonsense-that-is-no-program")]
    [InlineData("watch --unknown")]
    [InlineData("watch -h")]
    public async Task WrongArguments(string line)
    {
        if (line.Contains("nonsense", StringComparison.Ordinal))
        {
            line = "watch {p} --prefix --rev {rev} -- nonsense-that-is-no-program x";
        }

        var side = await member.EtcdctlAsync();
        if (line.EndsWith("-h", StringComparison.Ordinal))
        {
            await side.NewerAsync(line, (output, _, code) => Assert.StartsWith("0Watches events", $"{code}{output}"));
        }
        else
        {
            await side.SameAsync([line], s_keys);
        }
    }

    [Theory]
    [InlineData("{p}end", "", "watch --rev {rev} -- ")]
    [InlineData("{p}", "{q}", "watch --rev {rev} -- ")]
    [InlineData("{p}", "", "watch --prefix --rev {rev} -- ")]
    [InlineData("{p}", "", "watch key -- ")]
    [InlineData("", "end", "watch key -- ")]
    public async Task KeyFromTheEnvironment(string key, string end, string line) =>
        await (await member.EtcdctlAsync()).SameAsync(
            [new Step(line + Ending) { Environment = [("ETCDCTL_WATCH_KEY", key), ("ETCDCTL_WATCH_RANGE_END", end)] }],
            s_keys
        );

    [Theory]
    [InlineData("ETCDCTL_WATCH_KEY=k", "watch key")]
    public async Task KeyTwice(string variable, string line) =>
        await (await member.EtcdctlAsync()).SameAsync([
            new Step(line) { Environment = [(variable.Split('=')[0], variable.Split('=')[1])] },
        ]);

    [Theory]
    [InlineData("watch -i", "")]
    [InlineData("watch -i", "\n")]
    [InlineData("watch -i", "get a\n")]
    [InlineData("watch -i", "watch\n")]
    [InlineData("watch -i", "watch a b --prefix\n")]
    [InlineData("watch -i", "watch --prefix\n")]
    [InlineData("watch -i", "watch a --\n")]
    [InlineData("watch -i", "watch a --rev x\n")]
    [InlineData("watch -i", "watch --nonsense a\n")]
    public async Task InteractiveMistakes(string line, string typed) =>
        await (await member.EtcdctlAsync()).SameAsync([new Step(line) { Input = typed }]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task InteractiveWatchesGoOnSideBySide(bool ours)
    {
        var side = await member.EtcdctlAsync();
        var prefix = $"interactive{ours}/";
        using var process = side.Start("watch -i", ours);
        await process.StandardInput.WriteLineAsync($"watch {prefix}a --prev-kv");
        await process.StandardInput.WriteLineAsync($"watch \"{prefix}b\"");
        Task<string?>? reading = null;

        // Nobody says when a watch has begun, so its key is written until it tells of it.
        await WriteUntilToldAsync($"{prefix}a");
        await WriteUntilToldAsync($"{prefix}b");
        await process.StandardInput.WriteLineAsync("progress");
        while (!(await LineAsync()).StartsWith("progress notify: ", StringComparison.Ordinal)) { }

        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(s_patience);
        Assert.Equal(3, process.ExitCode);

        async Task WriteUntilToldAsync(string key)
        {
            var put = new PutRequest { Key = ByteString.CopyFromUtf8(key) };
            do
            {
                reading ??= process.StandardOutput.ReadLineAsync();
                while (!reading.IsCompleted)
                {
                    await side.Member.Put(put);
                    await Task.WhenAny(reading, Task.Delay(TimeSpan.FromMilliseconds(50)));
                }
            } while (await LineAsync() != key);
        }

        async Task<string> LineAsync()
        {
            reading ??= process.StandardOutput.ReadLineAsync();
            var line = await reading.WaitAsync(s_patience) ?? throw new EndOfStreamException();
            reading = null;
            return line;
        }
    }
}
