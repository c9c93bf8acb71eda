using EtcdSharp.CommandLine.Tests.Etcdutl;
using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Snapshots;

/// <summary>No command takes a device, a pipe or a link for a file that it may replace, or waits for one to be read.</summary>
public sealed class SpecialFileCases(SharedMember shared, StoppedMember stopped) : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("etcdsharp-special-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task ASnapshotDoesNotTakeThePlaceOfAPipeOrADevice()
    {
        var pipe = await PipeAsync("pipe");
        var device = In("device");
        File.CreateSymbolicLink(device, "/dev/null");
        foreach (var target in (string[])[pipe, device, "/dev/null", "/dev/stdout"])
        {
            var outcome = await SaveAsync(target);
            Assert.Equal(5, outcome.ExitCode);
            Assert.Contains($"could not open {target} (it is no regular file", outcome.Error, StringComparison.Ordinal);
        }

        // They are what they were.
        Assert.Equal("/dev/null", new FileInfo(device).LinkTarget);
        Assert.False(File.Exists("/dev/null.part"));
        Assert.Equal("p", (await ProgramRun.RunAsync("/bin/sh", ["-c", "test -p \"$1\" && printf p", "sh", pipe])).Output);
    }

    [Fact]
    public async Task ALinkStaysAndItsFileIsWritten()
    {
        var (file, link, dangling) = (In("file"), In("link"), In("dangling"));
        await File.WriteAllTextAsync(file, "older", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(link, file);
        File.CreateSymbolicLink(dangling, In("new"));
        Assert.Equal(0, (await SaveAsync(link)).ExitCode);
        Assert.Equal(0, (await SaveAsync(dangling)).ExitCode);
        Assert.Equal(file, new FileInfo(link).LinkTarget);
        Assert.True(new FileInfo(file).Length > 512);
        Assert.True(new FileInfo(In("new")).Length > 512);
    }

    [Fact]
    public async Task ThePartBesideItIsNoLinkToSomethingElse()
    {
        var (target, other) = (In("target"), In("other"));
        await File.WriteAllTextAsync(other, "precious", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(target + ".part", other);
        var outcome = await SaveAsync(target);
        Assert.Equal(5, outcome.ExitCode);
        Assert.Equal("precious", await File.ReadAllTextAsync(other, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task EtcdutlNeitherReadsNorWritesThem()
    {
        await stopped.MakeSureAsync();
        var pipe = await PipeAsync("pipe");
        string[] lines =
        [
            $"snapshot status {pipe}",
            $"snapshot restore {pipe} --data-dir {In("out")}",
            $"snapshot restore {stopped.Snapshot} --data-dir {pipe}",
            $"snapshot restore {stopped.Snapshot} --data-dir /dev/null",
            $"snapshot restore {stopped.Snapshot} --data-dir {In("out")} --wal-dir {pipe}",
            $"hashkv {pipe}",
            $"bbolt check {pipe}",
            $"bbolt dump {pipe} 1",
            $"bbolt compact -o {pipe} {stopped.Snapshot}",
            $"bbolt compact -o /dev/null {stopped.Snapshot}",
        ];
        foreach (var line in lines)
        {
            var outcome = await ProgramRun.RunAsync(Programs.OurEtcdutl, CommandText.Split(line));
            Assert.True(outcome.ExitCode == 1, $"{line}: {outcome}");
            Assert.Contains("Error: ", outcome.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("unexpected", outcome.Error, StringComparison.Ordinal);
        }
    }

    private string In(string name) => Path.Combine(folder.FullName, name);

    private async Task<Outcome> SaveAsync(string target)
    {
        var side = await shared.EtcdctlAsync();
        return await ProgramRun.RunAsync(
            Programs.OurEtcdctl,
            ["--endpoints", side.Member.Address.Authority, "snapshot", "save", target]
        );
    }

    private async Task<string> PipeAsync(string name)
    {
        Assert.Equal(0, (await ProgramRun.RunAsync("mkfifo", [In(name)])).ExitCode);
        return In(name);
    }
}
