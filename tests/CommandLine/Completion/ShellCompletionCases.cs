using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Completion;

/// <summary>
/// The scripts in the shells that they are for: what is offered when the tab key is hit. PowerShell's is not run, for want of a
/// package of it.
/// </summary>
public sealed class ShellCompletionCases
{
    /// <summary>
    /// In a terminal, with the tab key: <c>compadd</c>, through which all candidates go, writes them down first, and Control-X
    /// writes down what the line has become.
    /// </summary>
    private const string ZshSession = """
        zmodload zsh/zpty
        out=$1/out
        cat >$1/rc <<'END'
        PROMPT= RPROMPT=
        autoload -Uz compinit
        compinit -u -D
        compadd() {
            if [[ "${(@)@[1,(i)(-|--)]}" == *-[OAD]* ]]; then
                builtin compadd "$@"
                return
            fi
            local -a hits
            builtin compadd -A hits "$@"
            ((${#hits})) && print -lr -- "${hits[@]}" >>$out
            builtin compadd "$@"
        }
        tell() { print -r -- "[$BUFFER]" >>$out }
        zle -N tell
        bindkey '^X' tell
        bindkey '^I' complete-word
        END
        cd $1/files
        zpty shell 'zsh -fi'
        zpty -w shell "out=$out; source ${out:h}/rc; source ${out:h}/script; PATH=${2:h}:\$PATH; print -r ready >\$out"
        while [[ ! -s $out ]]; do zpty -r -t shell unread; sleep 0.02; done
        zpty -n -w shell "$3"$'\t\030'
        while [[ "$(<$out)" != *']'* ]]; do zpty -r -t shell unread; sleep 0.02; done
        zpty -d shell
        print -r -- "${(j: :)${(fu)$(<$out)}[2,-1]}"
        """;

    [Theory]
    [InlineData("etcdctl sna", "snapshot [etcdctl snapshot ]")]
    [InlineData("etcdctl snapshot ", "save [etcdctl snapshot save ]")]
    [InlineData("etcdctl endpoint h", "hashkv health [etcdctl endpoint h]")]
    [InlineData("etcdctl get --con", "--consistency [etcdctl get --consistency ]")]
    [InlineData("etcdctl --write-out=j", "json [etcdctl --write-out=json ]")]
    [InlineData("etcdctl -w ", "fields json protobuf simple table [etcdctl -w ]")]
    [InlineData("etcdctl snapshot x", "[etcdctl snapshot x]")]
    [InlineData("etcdctl snapshot save ", "a.db folder [etcdctl snapshot save ]")]
    [InlineData("etcdutl snapshot restore --data-dir ", "folder [etcdutl snapshot restore --data-dir folder/]")]
    [InlineData("etcdutl snapshot restore --data-dir=f", "folder [etcdutl snapshot restore --data-dir=folder/]")]
    public async Task ZshCompletes(string line, string expected) =>
        Assert.Equal(expected + "\n", await CompleteAsync("zsh", ["-f", "-c", ZshSession, "zsh"], line));

    [Theory]
    [InlineData("etcdctl sna", "snapshot\tManages etcd node snapshots")]
    [InlineData("etcdctl snapshot ", "save\tStores an etcd node backend snapshot to a given file")]
    [InlineData("etcdctl get --con", "--consistency\tLinearizable(l) or Serializable(s)")]
    [InlineData("etcdctl --write-out=j", "--write-out=json")]
    [InlineData("etcdctl -w ", "fields\njson\nprotobuf\nsimple\ntable")]
    [InlineData("etcdctl snapshot x", "")]
    [InlineData("etcdctl snapshot save a", "a.db")]
    [InlineData("etcdutl snapshot restore --data-dir ", "folder/\tDirectory")]
    public async Task FishCompletes(string line, string expected)
    {
        const string script = """
            cd $argv[1]/files
            set -x PATH (dirname $argv[2]) $PATH
            source $argv[1]/script
            complete -C "$argv[3]"
            """;
        Assert.Equal(expected, (await CompleteAsync("fish", ["--no-config", "-c", script], line)).TrimEnd('\n'));
    }

    /// <summary>Runs a shell in a folder of its own, with a folder and a file to complete.</summary>
    private static async Task<string> CompleteAsync(string shell, IReadOnlyList<string> start, string line)
    {
        Assert.SkipUnless(IsInstalled(shell), $"{shell} is not installed (apt-get install {shell})");
        var home = Directory.CreateTempSubdirectory($"etcdsharp-{shell}-");
        try
        {
            Directory.CreateDirectory(Path.Combine(home.FullName, "files", "folder"));
            await File.WriteAllTextAsync(Path.Combine(home.FullName, "files", "a.db"), "");
            var program = line.StartsWith("etcdutl", StringComparison.Ordinal) ? Programs.OurEtcdutl : Programs.OurEtcdctl;
            var script = await ProgramRun.RunAsync(program, ["completion", shell]);
            await File.WriteAllTextAsync(Path.Combine(home.FullName, "script"), script.Output);
            var outcome = await ProgramRun.RunAsync(
                shell,
                [.. start, home.FullName, program, line],
                environment: [("HOME", home.FullName), ("XDG_CONFIG_HOME", home.FullName), ("ZDOTDIR", home.FullName)]
            );
            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
            return outcome.Output;
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private static bool IsInstalled(string shell) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, shell)));
}
