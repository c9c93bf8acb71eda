using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Completion;

/// <summary>What the shells are told may stand on the command line, and the scripts that ask for it.</summary>
public sealed class CompletionCases
{
    [Theory]
    [InlineData("snapshot ''")]
    [InlineData("snapshot r")]
    [InlineData("snapshot x")]
    [InlineData("snapshot status ''")]
    [InlineData("defrag ''")]
    [InlineData("defrag --")]
    [InlineData("bogus ''")]
    [InlineData("help snapshot ''")]
    [InlineData("snapshot --bogus ''")]
    [InlineData("snap res")]
    public async Task EtcdutlSaysTheSame(string line) => await SameAsync(Programs.RealEtcdutl, Programs.OurEtcdutl, line);

    [Theory]
    [InlineData("ge")]
    [InlineData("get ''")]
    [InlineData("get --con")]
    [InlineData("get --from-key --f")]
    [InlineData("get --limit ''")]
    [InlineData("bogus ''")]
    [InlineData("put --ig")]
    [InlineData("put --lease=")]
    [InlineData("put --bogus ''")]
    public async Task EtcdctlSaysTheSame(string line) => await SameAsync(Programs.RealEtcdctl, Programs.OurEtcdctl, line);

    /// <summary>3.7 knows the values of some options, and that a folder must follow; 3.5 does not.</summary>
    [Theory]
    [InlineData("snapshot status --write-out ''", "fields\njson\nprotobuf\nsimple\ntable\n:0\n")]
    [InlineData("snapshot status -w ''", "fields\njson\nprotobuf\nsimple\ntable\n:0\n")]
    [InlineData("snapshot status --write-out=j", "fields\njson\nprotobuf\nsimple\ntable\n:0\n")]
    [InlineData("snapshot restore --data-dir ''", ":16\n")]
    [InlineData("completion ''", "bash\nzsh\nfish\npowershell\n:4\n")]
    [InlineData("completion z", "zsh\n:4\n")]
    [InlineData("bbolt p", "pages\tprint a list of pages in bbolt database\n:4\n")]
    public async Task SaysMoreThan35(string line, string expected)
    {
        var outcome = await AskAsync(Programs.OurEtcdutl, line);
        Assert.Equal((0, expected), (outcome.ExitCode, outcome.Output));
    }

    /// <summary>The script for bash, as bash calls it when the tab key is hit.</summary>
    [Theory]
    [InlineData("etcdutl sna", "snapshot")]
    [InlineData("etcdutl snapshot ", "restore status")]
    [InlineData("etcdutl snapshot restore --initial-c", "--initial-cluster --initial-cluster-token")]
    [InlineData("etcdutl snapshot status -w ", "fields json protobuf simple table")]
    [InlineData("etcdutl snapshot status -w=j", "")]
    [InlineData("etcdutl snapshot status --write-out=j", "json")]
    [InlineData("etcdutl snapshot status ", "[-o default]")]
    [InlineData("etcdutl snapshot restore --data-dir ", "[-o dirnames]")]
    [InlineData("etcdutl bogus ", "[-o default]")]
    [InlineData("etcdutl snapshot x", "")]
    public async Task BashCompletes(string line, string expected)
    {
        const string script = """
            set -euo pipefail
            compopt() { echo -n "[$*]"; }
            PATH="$(dirname "$1"):$PATH"
            source <("$1" completion bash)
            complete -p etcdutl >/dev/null
            COMP_LINE="$2" COMP_POINT="${#2}"
            set +eu
            _etcdutl_complete
            echo -n "${COMPREPLY[*]}"
            """;
        var outcome = await ProgramRun.RunAsync("bash", ["-c", script, "bash", Programs.OurEtcdutl, line]);
        Assert.Equal((0, expected, ""), (outcome.ExitCode, outcome.Output, outcome.Error));
    }

    [Theory]
    [InlineData("zsh", "#compdef etcdctl")]
    [InlineData("fish", "# fish completion for etcdctl")]
    [InlineData("powershell", "# PowerShell completion for etcdctl")]
    public async Task ThereIsAScriptForEachShell(string shell, string firstLine)
    {
        var outcome = await ProgramRun.RunAsync(Programs.OurEtcdctl, ["completion", shell]);
        Assert.Equal(0, outcome.ExitCode);
        Assert.StartsWith(firstLine + "\n", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("PROGRAM", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("completion", "Error: accepts 1 arg(s), received 0")]
    [InlineData("completion tcsh", "Error: invalid argument \"tcsh\" for \"etcdctl completion\"")]
    public async Task OtherShellsAreRefused(string line, string error)
    {
        var outcome = await ProgramRun.RunAsync(Programs.OurEtcdctl, CommandText.Split(line));
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(error, outcome.Error.Split('\n')[0]);
    }

    private static async Task SameAsync(string? real, string ours, string line)
    {
        Assert.SkipWhen(real is null, Programs.HowToGetRealEtcd);
        Assert.Equal(await AskAsync(real, line), await AskAsync(ours, line));
    }

    private static Task<Outcome> AskAsync(string program, string line) =>
        ProgramRun.RunAsync(program, ["__complete", .. CommandText.Split(line)]);
}
