using System.Text.RegularExpressions;
using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Etcdutl;

/// <summary>
/// Calls of etcdutl in a folder of their own. In a line, <c>{snapshot.db}</c> and the other names of
/// <see cref="StoppedMember"/> are its files, <c>{member}</c> a copy of its data directory, and <c>{out}</c> and
/// <c>{wal}</c> folders that do not exist yet.
/// </summary>
internal sealed partial class UtlRun(StoppedMember member, string program) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("etcdsharp-utl-run-");

    public string Out => Path.Combine(_folder.FullName, "out");

    public string Member => Path.Combine(_folder.FullName, "member");

    public static UtlRun Ours(StoppedMember member) => new(member, Programs.OurEtcdutl);

    public static UtlRun Real(StoppedMember member) => new(member, Programs.RealEtcdutl!);

    public string Named(string name) => Path.Combine(_folder.FullName, name);

    public async Task<Outcome> RunAsync(string line)
    {
        if (line.Contains("{member}", StringComparison.Ordinal) && !Directory.Exists(Member))
        {
            Copy(member.DataDirectory, Member);
        }

        var arguments = CommandText.Split(line).ConvertAll(Fill);
        var outcome = await ProgramRun.RunAsync(program, arguments);
        return outcome with { Output = Plain(outcome.Output), Error = ErrorOf(outcome.Error) };
    }

    /// <summary>The command must succeed.</summary>
    public async Task<string> OutputAsync(string line)
    {
        var outcome = await RunAsync(line);
        Assert.True(outcome.ExitCode == 0, $"etcdutl {line} ended with {outcome.ExitCode}: {outcome.Error}");
        return outcome.Output;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    public static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private string Fill(string argument) =>
        Placeholder()
            .Replace(
                argument,
                match =>
                    match.Groups["name"].Value is var name && name.EndsWith(".db", StringComparison.Ordinal) && name != "new.db"
                        ? member.File(name)
                        : Named(name)
            );

    private string Plain(string text) => text.Replace(_folder.FullName, "FOLDER", StringComparison.Ordinal);

    /// <summary>Without the log, whose lines begin with a time, and without the option that 3.5 does not have.</summary>
    private string ErrorOf(string text)
    {
        var lines = Plain(text).Split('\n').Where(line => line.Length > 0 && !LogLine().IsMatch(line));
        return string.Join('\n', lines);
    }

    [GeneratedRegex(@"\{(?<name>[a-z.]+)\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}T", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LogLine();
}
