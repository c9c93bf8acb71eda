using EtcdSharp.Raft.Tests.Scripting;

namespace EtcdSharp.Raft.Tests;

public sealed class ScriptTests
{
    /// <summary>28 interactions, 9 configuration changes and 4 of quorum arithmetic.</summary>
    private const int SharedScriptsMin = 41;

    public static TheoryData<string> Shared =>
        Scripts.SharedFolder is { } folder
            ? new TheoryData<string>(Scripts.In(folder).Select(path => Path.GetRelativePath(folder, path)))
            : new TheoryData<string>("");

    public static TheoryData<string> Own =>
        new(Scripts.In(Scripts.OwnFolder).Select(path => Path.GetRelativePath(Scripts.OwnFolder, path)));

    [Theory]
    [MemberData(nameof(Shared))]
    public void The_reference_prints_the_same(string script)
    {
        if (Scripts.SharedFolder is not { } folder)
        {
            Assert.Skip(Scripts.SharedMissing);
            return;
        }

        Assert.True(Scripts.Run(Path.Combine(folder, script)) > 0, "no command ran");
    }

    [Fact]
    public void No_script_of_the_reference_is_overlooked()
    {
        if (Scripts.SharedFolder is not { } folder)
        {
            Assert.Skip(Scripts.SharedMissing);
            return;
        }

        Assert.True(Scripts.In(folder).Count() >= SharedScriptsMin);
    }

    [Theory]
    [MemberData(nameof(Own))]
    public void Own_scenarios_go_as_written(string script) =>
        Assert.True(Scripts.Run(Path.Combine(Scripts.OwnFolder, script)) > 0, "no command ran");
}
