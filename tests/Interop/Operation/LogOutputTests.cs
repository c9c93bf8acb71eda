using System.Net;
using System.Runtime.Versioning;

namespace EtcdSharp.Interop.Operation;

/// <summary>
/// A member whose log goes nowhere: it starts, serves, says that it is ready, and stops when it is asked to, as if nothing
/// were wrong. Every script begins with the program in <c>"$@"</c>.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class LogOutputTests
{
    private const int Terminate = 15;

    /// <summary>More than what a pipe holds (64 KiB): the first line of the log, which names it, fills one that nobody reads.</summary>
    private const int LongTokenLength = 100_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("closed", """exec "$@" 2>&-""")]
    [InlineData("all three closed", """exec "$@" <&- >&- 2>&-""")]
    [InlineData("full", """exec "$@" 2>/dev/full""")]
    [InlineData("both outputs full", """exec "$@" >/dev/full 2>/dev/full --log-outputs=stderr,stdout""")]
    [InlineData("a pipe that nobody reads", """mkfifo "$PIPE"; exec 3<>"$PIPE"; exec "$@" 2>&3""")]
    [InlineData("a pipe whose reader has gone", """mkfifo "$PIPE"; exec 3<>"$PIPE"; exec 4>"$PIPE"; exec 3<&-; exec "$@" 2>&4""")]
    [InlineData("a file that is full", """exec "$@" --log-outputs=/dev/full""")]
    [InlineData("a named pipe without a reader", """mkfifo "$PIPE"; exec "$@" --log-outputs="$PIPE" """)]
    public async Task A_log_that_cannot_be_written_holds_up_nothing(string what, string script)
    {
        using var scratch = new ScratchDirectory();
        Directory.CreateDirectory(scratch.Path);
        var port = FreePort.Next();
        string[] flags =
        [
            .. ProgramRun.Flags(Path.Combine(scratch.Path, "data"), port),
            $"--initial-cluster-token={new string('t', LongTokenLength)}",
        ];
        script = $"PIPE='{Path.Combine(scratch.Path, "pipe")}'; {script}";
        await using var run = ProgramRun.Redirected(script, flags);
        await AssertServesAsync(port);
        run.Signal(Terminate);
        var (code, lines) = await run.EndAsync();
        Assert.True(code == 0, $"{what}: the member ended with {code}: {string.Join('\n', lines)}");
        Assert.DoesNotContain(lines, line => line.Contains("Unhandled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_log_disk_is_told_of_once_it_takes_lines_again()
    {
        using var small = SmallFileSystem.TryMount(megabytes: 1);
        if (small is null)
        {
            Assert.Skip("only root may mount a small file system; as root this test runs");
            return;
        }

        using var scratch = new ScratchDirectory();
        Directory.CreateDirectory(scratch.Path);
        var (log, ballast) = (Path.Combine(small.Path, "etcd.log"), Path.Combine(small.Path, "ballast"));
        await FillAsync(ballast);
        var port = FreePort.Next();
        string[] flags = [.. ProgramRun.Flags(Path.Combine(scratch.Path, "data"), port), $"--log-outputs={log}"];
        await using var run = new ProgramRun(flags);
        await AssertServesAsync(port);
        Assert.Equal(0, new FileInfo(log).Length);

        // What waited is written now, in order, from the first line on.
        File.Delete(ballast);
        await UntilAsync(async () => (await ReadAsync(log)).Contains("ready to serve client requests", StringComparison.Ordinal));
        run.Signal(Terminate);
        Assert.Equal(0, (await run.EndAsync()).Code);
        var lines = (await ReadAsync(log)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines[..5], line => line.Contains("\"msg\":\"Running: \"", StringComparison.Ordinal));
        Assert.Contains("\"msg\":\"closed etcd server\"", lines[^1], StringComparison.Ordinal);
        Assert.All(lines, line => System.Text.Json.JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public async Task A_log_that_is_full_from_the_start_does_not_hide_why_the_program_ends()
    {
        using var scratch = new ScratchDirectory();
        await File.WriteAllTextAsync(scratch.Path, "no directory", TestContext.Current.CancellationToken);
        await using var run = new ProgramRun([.. ProgramRun.Flags(scratch.Path, FreePort.Next()), "--log-outputs=/dev/full"]);
        var (code, lines) = await run.EndAsync();
        Assert.Equal(1, code);
        Assert.StartsWith("etcd: ", Assert.Single(lines), StringComparison.Ordinal);
        File.Delete(scratch.Path);
    }

    private static async Task AssertServesAsync(int port)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await UntilAsync(async () => (await http.GetAsync("/readyz")).StatusCode == HttpStatusCode.OK);
        using var endpoint = new EtcdEndpoint(http.BaseAddress);
        await endpoint.Put(new PutRequest { Key = ByteString.CopyFromUtf8("k"), Value = ByteString.CopyFromUtf8("v") });
        Assert.Contains("\"health\":\"true\"", await http.GetStringAsync("/health"), StringComparison.Ordinal);
        Assert.Contains("etcdsharp_log_lines_dropped_total", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(20, limit.Token);
        }
    }

    private static async Task<string> ReadAsync(string log)
    {
        await using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync();
    }

    private static async Task FillAsync(string path)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (true)
            {
                await file.WriteAsync(new byte[4096]);
            }
        }
        catch (IOException full)
        {
            Assert.Contains("space", full.Message, StringComparison.OrdinalIgnoreCase);
        }
    }
}
