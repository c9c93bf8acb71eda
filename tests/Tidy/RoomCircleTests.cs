namespace EtcdSharp.Tidy;

/// <summary>
/// Inside a project no two rooms use each other, directly or through others. The root of a project is its door and its
/// vocabulary: what it takes from its rooms, and they from it, is not counted.
/// </summary>
public sealed class RoomCircleTests
{
    /// <summary>Projects that still have circles, with the reason. One that is listed and has none any more fails too.</summary>
    private static readonly Dictionary<string, string> s_withCircles = new(StringComparer.Ordinal);

    public static TheoryData<string> Projects() => [.. Repository.CompiledProjects()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void NoTwoRoomsUseEachOther(string project)
    {
        using var compiled = new CompiledRooms(Repository.CompiledProject(project));
        var problems = Circles(compiled.Rooms).Select(circle => $"{circle.Name}: {circle.Uses}").ToList();
        Assert.True(problems.Count == 0 != s_withCircles.ContainsKey(project), $"{project}:\n{string.Join('\n', problems)}");
    }

    /// <summary>Every pair of rooms that reach each other, each named once.</summary>
    private static IEnumerable<(string Name, string Uses)> Circles(
        IReadOnlyDictionary<string, SortedDictionary<string, string>> rooms
    )
    {
        var root = rooms.Keys.Concat(rooms.Values.SelectMany(static others => others.Keys)).MinBy(static room => room.Length);
        foreach (var (room, others) in rooms.Where(pair => pair.Key != root))
        {
            foreach (var (other, use) in others.Where(pair => pair.Key != root))
            {
                if (Reaches(rooms, other, room, root!))
                {
                    yield return ($"{room} -> {other}", use);
                }
            }
        }
    }

    private static bool Reaches(
        IReadOnlyDictionary<string, SortedDictionary<string, string>> rooms,
        string from,
        string to,
        string root
    )
    {
        HashSet<string> seen = new(StringComparer.Ordinal) { from, root };
        Queue<string> open = new([from]);
        while (open.TryDequeue(out var room))
        {
            if (room == to)
            {
                return true;
            }

            foreach (var next in rooms.TryGetValue(room, out var others) ? others.Keys : Enumerable.Empty<string>())
            {
                if (seen.Add(next))
                {
                    open.Enqueue(next);
                }
            }
        }

        return false;
    }
}
