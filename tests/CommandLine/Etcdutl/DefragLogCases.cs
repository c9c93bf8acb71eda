using System.Text.Json;
using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Etcdutl;

/// <summary>What <c>etcdutl defrag</c> tells on standard error, line by line and field by field as etcd's.</summary>
public sealed class DefragLogCases(StoppedMember member)
{
    [Fact]
    public async Task SameLinesWithTheSameFields()
    {
        await member.MakeSureAsync();
        var expected = await LinesAsync(Programs.RealEtcdutl!);
        var actual = await LinesAsync(Programs.OurEtcdutl);
        Assert.Equal(expected, actual);
        Assert.Equal(
            ["defragmenting", "finished defragmenting directory"],
            actual.Select(static one => one.Split(' ', 2)[1].Split(": ")[0])
        );
    }

    private async Task<List<string>> LinesAsync(string program)
    {
        var folder = Directory.CreateTempSubdirectory("etcdsharp-defrag-log-");
        try
        {
            UtlRun.Copy(Path.Combine(member.DataDirectory, "member", "snap"), Path.Combine(folder.FullName, "member", "snap"));
            var outcome = await ProgramRun.RunAsync(program, ["defrag", "--data-dir", folder.FullName]);
            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Output));
            return outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Plain).ToList();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Level, message and the names of the fields, in their order: the rest depends on the run and on the file.</summary>
    private static string Plain(string line)
    {
        var parts = line.Split('\t');
        Assert.True(parts.Length == 5, line);
        using var fields = JsonDocument.Parse(parts[4]);
        return $"{parts[1]} {parts[3]}: {string.Join(' ', fields.RootElement.EnumerateObject().Select(static one => one.Name))}";
    }
}
