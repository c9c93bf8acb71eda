using System.Collections;
using EtcdSharp.Harness;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>"How a flag is added" in CONTRIBUTING.md: its example is the row below, and a row is all that it takes.</summary>
public sealed class AddedFlagTests
{
    private static readonly FlagSet s_flags = new([Table.Features]);

    /// <summary>They are called as in etcd, which calls them as its flags.</summary>
    private static readonly (string, string)[] s_fieldsOfTheLog =
    [
        ("ConfigurationNotices.cs", "name"),
        ("ConfigurationNotices.cs", "data-dir"),
    ];

    private static readonly Hashtable s_noEnvironment = [];

    [Fact]
    public void TheExampleIsThatOfTheGuide()
    {
        var guide = File.ReadAllText(Path.Combine(Programs.RepositoryRoot, "CONTRIBUTING.md"));
        var test = Path.Combine("tests", "EtcdSharp.Server.Tests", "Configuration", "AddedFlagTests.cs");
        var row = File.ReadLines(Path.Combine(Programs.RepositoryRoot, test))
            .Single(line =>
                line.TrimStart().StartsWith("public static readonly Flag<int> MaxWatchers", StringComparison.Ordinal)
            );
        Assert.Contains(row.Trim(), guide, StringComparison.Ordinal);
        Assert.Contains("options.Of(FlagTable.MaxWatchers)", guide, StringComparison.Ordinal);
    }

    [Fact]
    public void ItIsAFlagAVariableAndAKey()
    {
        Assert.Equal(1000, Read([]).Options!.Of(Table.MaxWatchers));
        Assert.Equal(7, Read(["--max-watchers=7"]).Options!.Of(Table.MaxWatchers));
        var environment = new Hashtable { ["ETCD_MAX_WATCHERS"] = "8" };
        Assert.Equal(8, ConfigurationReader.Read([], environment, All).Options!.Of(Table.MaxWatchers));
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "max-watchers: 9\n");
        Assert.Equal(9, Read(["--config-file", file]).Options!.Of(Table.MaxWatchers));
        File.Delete(file);
        Assert.Equal(1000, new MemberOptions { DataDirectory = "d" }.Of(Table.MaxWatchers));
    }

    [Fact]
    public void ItIsCheckedListedAndDescribed()
    {
        Assert.Equal("invalid value \"many\" for flag -max-watchers: parse error", Read(["--max-watchers=many"]).Error);
        Assert.Contains("  --max-watchers '1000'\n    Most watchers", HelpText.Flags(s_flags), StringComparison.Ordinal);
        Assert.Contains("| `--max-watchers` | a number from 0 | `1000` |", FlagPage.Of(s_flags), StringComparison.Ordinal);
    }

    /// <summary>A name that stands elsewhere where flags are read would be a second place to change.</summary>
    [Fact]
    public void TheNameOfAFlagStandsInTheTableAlone()
    {
        var names = FlagTable.Flags.All.Select(flag => flag.Name).ToHashSet(StringComparer.Ordinal);
        var source = Path.Combine(Programs.RepositoryRoot, "src");
        string[] files =
        [
            .. Directory.GetFiles(Path.Combine(source, "EtcdSharp.Server", "Configuration"), "*.cs"),
            .. Directory.GetFiles(Path.Combine(source, "EtcdSharp.Server"), "*.cs"),
            .. Directory.GetFiles(Path.Combine(source, "etcd"), "*.cs"),
        ];
        var places = files
            .SelectMany(
                file => File.ReadLines(file).Where(IsCode).SelectMany(line => line.Split('"')).Where(names.Contains),
                (file, name) => (Path.GetFileName(file), name)
            )
            .Where(place => !s_fieldsOfTheLog.Contains(place))
            .ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), places.Select(place => place.name).Order(StringComparer.Ordinal));
        Assert.All(places, place => Assert.Equal("FlagTable.cs", place.Item1));
    }

    private static bool IsCode(string line) => !line.TrimStart().StartsWith("//", StringComparison.Ordinal);

    private static FlagSet All => new([.. FlagTable.Flags.All.Select(flag => flag.Section).Distinct(), Table.Features]);

    private static ConfigurationReading Read(string[] arguments) => ConfigurationReader.Read(arguments, s_noEnvironment, All);

    private static class Table
    {
        private static readonly FlagSection s_features = new("Features");

        // csharpier-ignore - as it stands in CONTRIBUTING.md.
        public static readonly Flag<int> MaxWatchers = new(s_features, "max-watchers", FlagKind.Unsigned, "1000", "Most watchers that one connection may have.", FlagText.Count) { Since = "" };

        public static FlagSection Features => s_features;
    }
}
