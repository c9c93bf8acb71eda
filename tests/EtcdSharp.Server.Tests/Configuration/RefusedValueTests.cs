using System.Collections.Concurrent;
using System.Diagnostics;
using EtcdSharp.Harness;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>
/// A value that a flag cannot have ends the program with one line that says so, before it has a data directory: for every row of the
/// table, and for what is read only once the settings are in the log.
/// </summary>
public sealed class RefusedValueTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>A value of another form, by the kind of the flag; null where every text is taken.</summary>
    private static string? BadValue(FlagDefinition flag) =>
        flag.Kind switch
        {
            FlagKind.Boolean => "maybe",
            FlagKind.Unsigned => "-1",
            FlagKind.Unsigned32 => "4294967296",
            FlagKind.Integer => "many",
            FlagKind.Duration => "soon",
            FlagKind.Urls or FlagKind.Origins => "nowhere",
            FlagKind.Choice or FlagKind.Choices => "nothing",
            FlagKind.FeatureGates => "Nothing=true",

            // The second word is no output, and no other either.
            _ when flag.Rule is not null => "no:thing,",
            _ => flag.Support == FlagSupport.NotBuilt ? "something" : null,
        };

    public static TheoryData<string, string[]> Late =>
        new()
        {
            { "auth-token", ["--auth-token=nothing"] },
            { "auth-token", ["--auth-token=jwt,sign-method=HS256,priv-key=/no/such/file"] },
            { "auth-token", ["--auth-token=jwt,sign-method=HS256,ttl=soon"] },
            { "invalid duration \"soon\"", ["--auto-compaction-retention=soon"] },
            { "auto-compaction-retention", ["--auto-compaction-mode=revision", "--auto-compaction-retention=1h"] },
            { "discovery-endpoints", ["--discovery-token=t", "--discovery-endpoints=a%b:1"] },
            { "discovery-endpoints", ["--discovery-token=t", "--discovery-endpoints=ftp://127.0.0.1:1"] },
            {
                "discovery-request-timeout",
                ["--discovery-token=t", "--discovery-endpoints=127.0.0.1:1", "--discovery-request-timeout=0s"]
            },
            { "initial-cluster", ["--initial-cluster=default"] },
            { "initial-cluster", ["--initial-cluster=default=nowhere"] },
            { "no/such", ["--listen-peer-urls=unix://no/such/socket"] },
            { "no/such", ["--listen-client-urls=unix://no/such/socket", "--advertise-client-urls=http://127.0.0.1:1"] },
            { "127.0.0.1:80", ["--listen-peer-urls=https://127.0.0.1:80"] },
        };

    [Fact]
    public async Task Every_kind_of_flag_refuses_what_has_not_its_form()
    {
        var rows = FlagTable.Flags.All.Where(flag => BadValue(flag) is not null).ToList();
        Assert.Empty(Enum.GetValues<FlagKind>().Except(rows.Select(flag => flag.Kind)));
        var problems = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(
            rows,
            new ParallelOptions { MaxDegreeOfParallelism = RealStart.AtOnceMax },
            async (flag, _) =>
            {
                var value = BadValue(flag)!;
                if (await WhyNotRefusedAsync([$"{flag}={value}"], null, "") is { } problem)
                {
                    problems.Enqueue($"{flag}={value}: {problem}");
                }

                // The command line is strict about these words, the file is not.
                if (flag.KeyInFile.Length > 0 && flag.Kind != FlagKind.Choices && InAFile(flag, value).GiveToOurs().Error is null)
                {
                    problems.Enqueue($"{flag}={value}: a file may have it");
                }
            }
        );
        Assert.Empty(problems);
    }

    [Theory, MemberData(nameof(Late))]
    public async Task What_is_read_later_is_refused_as_early(string says, string[] arguments) =>
        Assert.Null(await WhyNotRefusedAsync(arguments, null, says));

    /// <summary>An argument ends at a zero byte; in a file there may be one, and the system would use another name than was given.</summary>
    [Theory]
    [InlineData("data-dir: \"data\\0d\"\n", "data-dir")]
    [InlineData("wal-dir: \"data\\0d\"\n", "wal-dir")]
    [InlineData("log-outputs: [\"data\\0d\"]\n", "log-outputs")]
    public async Task A_name_with_a_zero_byte_is_refused(string file, string says) =>
        Assert.Null(await WhyNotRefusedAsync(["--config-file=etcd.yaml"], file, says));

    private static GivenConfiguration InAFile(FlagDefinition flag, string value)
    {
        var lines = flag.KeyInFile.Split('/').Select((key, depth) => $"{new string(' ', depth * 2)}{key}:");
        return GivenConfiguration.InAFile(string.Join('\n', lines) + $" \"{value}\"\n");
    }

    /// <summary>Null when the program ended with one line in plain words, and made nothing.</summary>
    private static async Task<string?> WhyNotRefusedAsync(string[] arguments, string? file, string says)
    {
        var folder = Directory.CreateTempSubdirectory("etcdsharp-refused-");
        try
        {
            if (file is not null)
            {
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, "etcd.yaml"), file);
            }

            var start = new ProcessStartInfo(Programs.OurEtcd, arguments)
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                WorkingDirectory = folder.FullName,
            };
            using var process = Process.Start(start)!;
            var output = process.StandardError.ReadToEndAsync();
            try
            {
                await process.WaitForExitAsync().WaitAsync(s_limit);
            }
            catch (TimeoutException)
            {
                process.Kill();
                return $"it runs: {await output}";
            }

            var told = (await output).Split('\n').Where(line => line.StartsWith("etcd: ", StringComparison.Ordinal)).ToList();
            var made = Directory
                .GetFileSystemEntries(folder.FullName)
                .Select(Path.GetFileName)
                .Where(name => name != "etcd.yaml");
            return process.ExitCode is not (1 or 2) ? $"it ended with code {process.ExitCode}"
                : told.Count != 1 || told[0].Contains("a fault of etcd", StringComparison.Ordinal) ? $"it said: {await output}"
                : !told[0].Contains(says, StringComparison.Ordinal) ? $"it said nothing of {says}: {told[0]}"
                : made.FirstOrDefault() is { } name ? $"it has made {name}"
                : null;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
