using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Snapshots;

/// <summary><c>etcdctl snapshot save</c>.</summary>
public sealed class SnapshotSaveCases(RealMember real, SharedMember ours) : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("etcdsharp-save-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("snapshot save {folder}/s.db")]
    [InlineData("snapshot save {folder}/none/s.db")]
    [InlineData("snapshot save {folder}/s.db --command-timeout 10s")]
    [InlineData("snapshot save {folder}")]
    public async Task SameAsEtcdOnRealEtcd(string line) => await (await real.EtcdctlAsync()).SameAsync([Fill(line)]);

    /// <summary>3.7 names the argument.</summary>
    [Theory]
    [InlineData("snapshot save")]
    [InlineData("snapshot save a b")]
    public async Task WithoutAFile(string line) =>
        await (await ours.EtcdctlAsync()).NewerAsync(
            line,
            static (output, error, code) =>
                Assert.Equal(("", "Error: snapshot save expects one argument <filename>", 128), (output, error, code))
        );

    [Fact]
    public async Task SeveralEndpoints()
    {
        var side = await ours.EtcdctlAsync();
        var step = new Step(Fill("snapshot save {folder}/s.db --endpoints {at},{at}")) { WithoutEndpoint = true };
        await side.SameAsync([step]);
    }

    /// <summary>The file of ours is whole for both etcdutls, and says the version of the member that gave it.</summary>
    [Fact]
    public async Task WhatIsSavedCanBeRead()
    {
        var side = await ours.EtcdctlAsync();
        await side.Member.Put(new PutRequest { Key = ByteString.CopyFromUtf8("saved") });
        var saved = await side.OursAsync(Fill("snapshot save {folder}/s.db"));
        Assert.Equal((0, Fill("Snapshot saved at {folder}/s.db\nServer version 3.7.0\n")), (saved.ExitCode, saved.Output));
        Assert.Equal(["s.db"], folder.EnumerateFiles().Select(static file => file.Name));
        var byReal = await ProgramRun.RunAsync(Programs.RealEtcdutl!, ["snapshot", "status", Fill("{folder}/s.db")]);
        var byOurs = await ProgramRun.RunAsync(Programs.OurEtcdutl, ["snapshot", "status", Fill("{folder}/s.db")]);
        Assert.Equal(byReal.Output.Split(", ")[..2], byOurs.Output.Split(", ")[..2]);
    }

    private string Fill(string line) => line.Replace("{folder}", folder.FullName, StringComparison.Ordinal);
}
