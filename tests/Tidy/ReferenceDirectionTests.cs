using System.Xml.Linq;

namespace EtcdSharp.Tidy;

/// <summary>Project references point only downwards in the list of floors (docs/architecture.md).</summary>
public sealed class ReferenceDirectionTests
{
    /// <summary>From the top to the bottom.</summary>
    private static readonly string[] s_floors =
    [
        "etcd",
        "etcdctl",
        "etcdutl",
        "EtcdSharp.Server",
        "EtcdSharp.Edge",
        "EtcdSharp.Node",
        "EtcdSharp.Offline",
        "EtcdSharp.Replica",
        "EtcdSharp.Client",
        "EtcdSharp.CommandLine",
        "EtcdSharp.Mvcc",
        "EtcdSharp.Storage",
        "EtcdSharp.Raft",
        "EtcdSharp.Grpc",
        "EtcdSharp.Api",
        "EtcdSharp.Platform",
    ];

    [Fact]
    public void ReferencesPointDownwards()
    {
        var projects = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);
        Assert.NotEmpty(projects);
        foreach (var project in projects)
        {
            var floor = FloorOf(project);
            foreach (var reference in ReferencesOf(project))
            {
                Assert.True(
                    FloorOf(reference) > floor,
                    $"{Path.GetFileName(project)} must not reference {Path.GetFileName(reference)}"
                );
            }
        }
    }

    [Fact]
    public void RaftKnowsNothingOfEtcd()
    {
        var raft = Path.Combine(Repository.Root, "src", "EtcdSharp.Raft", "EtcdSharp.Raft.csproj");
        Assert.Equal(["EtcdSharp.Platform"], ReferencesOf(raft).Select(Path.GetFileNameWithoutExtension));
    }

    private static int FloorOf(string project)
    {
        var floor = Array.IndexOf(s_floors, Path.GetFileNameWithoutExtension(project));
        Assert.True(floor >= 0, $"{project} is not in the list of floors");
        return floor;
    }

    private static IEnumerable<string> ReferencesOf(string project) =>
        XDocument
            .Load(project)
            .Descendants("ProjectReference")
            .Select(reference => reference.Attribute("Include")?.Value)
            .OfType<string>()
            .Select(include => include.Replace('\\', '/'));
}
