using System.Xml.Linq;

namespace EtcdSharp.Tidy;

/// <summary>Who may look into a floor: the floors above it and the tests and benches that refer to it, nobody else.</summary>
public sealed class InternalsTests
{
    [Fact]
    public void OnlyWhoRefersToAProjectMayLookIntoIt()
    {
        var referring = Projects().ToDictionary(project => project.Assembly, project => project, StringComparer.Ordinal);
        var names = referring.Values.ToDictionary(project => project.Name, StringComparer.Ordinal);
        List<string> problems = [];
        foreach (var (project, friends) in Friends())
        {
            foreach (var friend in friends)
            {
                if (!referring.TryGetValue(friend, out var found))
                {
                    problems.Add($"{project}: there is no {friend}");
                }
                else if (!Reaches(found, project, names))
                {
                    problems.Add($"{project}: {friend} does not refer to it");
                }
            }
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    /// <summary>The lists of Directory.Build.targets, by the project that the condition names.</summary>
    private static List<(string Project, string[] Friends)> Friends()
    {
        var lists = XDocument
            .Load(Path.Combine(Repository.Root, "Directory.Build.targets"))
            .Descendants("InternalsVisibleTo")
            .Select(entry => (Condition: entry.Parent!.Attribute("Condition")!.Value, Include: entry.Attribute("Include")!.Value))
            .Where(entry => entry.Condition.Contains("== 'EtcdSharp.", StringComparison.Ordinal))
            .Select(entry => (entry.Condition.Split('\'')[^2], entry.Include.Split(';')))
            .ToList();
        Assert.True(lists.Count > 5, "the lists are not read as they are written");
        return lists;
    }

    private static List<(string Name, string Assembly, string[] References)> Projects() =>
        [
            .. new[] { "src", "tests", "bench" }
                .SelectMany(folder =>
                    Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories)
                )
                .Select(path =>
                {
                    var project = XDocument.Load(path);
                    var name = Path.GetFileNameWithoutExtension(path);
                    return (
                        name,
                        project.Descendants("AssemblyName").FirstOrDefault()?.Value ?? name,
                        project
                            .Descendants("ProjectReference")
                            .Select(reference => reference.Attribute("Include")?.Value)
                            .OfType<string>()
                            .Select(include => Path.GetFileNameWithoutExtension(include.Replace('\\', '/')))
                            .ToArray()
                    );
                }),
        ];

    private static bool Reaches(
        (string Name, string Assembly, string[] References) from,
        string project,
        Dictionary<string, (string Name, string Assembly, string[] References)> projects
    ) =>
        from.References.Any(reference =>
            reference == project || (projects.TryGetValue(reference, out var next) && Reaches(next, project, projects))
        );
}
