using System.Text.RegularExpressions;

namespace EtcdSharp.Tidy;

/// <summary>Sizes, names and habits that keep the house readable.</summary>
public sealed partial class SourceShapeTests
{
    private const int FileLinesMax = 600;

    /// <summary>Files that are longer for a reason.</summary>
    private static readonly Dictionary<string, string> s_longFiles = new(StringComparer.Ordinal);

    /// <summary>
    /// Places where an exception of any kind may be caught: the edges to the outside world and the host. To clean up and
    /// throw it again is allowed everywhere.
    /// </summary>
    private static readonly string[] s_catchAllAllowed =
    [
        "src/EtcdSharp.Edge/",
        "src/EtcdSharp.Grpc/Server/",
        "src/EtcdSharp.Platform/Logging/ZapLoggerProvider.cs",
        "src/etcd/",
    ];

    [Fact]
    public void FilesFitInTheHead()
    {
        foreach (var file in Repository.SourceFiles("src", "tests", "bench"))
        {
            var lines = File.ReadLines(Path.Combine(Repository.Root, file)).Count();
            Assert.True(
                lines <= FileLinesMax || s_longFiles.ContainsKey(file),
                $"{file} has {lines} lines; is it one room or several?"
            );
        }

        foreach (var file in s_longFiles.Keys)
        {
            Assert.True(File.Exists(Path.Combine(Repository.Root, file)), $"{file} is in the list of long files and is no more");
        }
    }

    [Fact]
    public void NoRoomIsCalledByWhatItIsNot()
    {
        string[] vague = ["Utils", "Util", "Helpers", "Helper", "Common", "Managers", "Manager", "Misc"];
        foreach (var file in Repository.SourceFiles("src", "tests", "bench"))
        {
            foreach (var part in file.Split('/').Select(part => Path.GetFileNameWithoutExtension(part)))
            {
                Assert.False(
                    vague.Any(word => part.EndsWith(word, StringComparison.Ordinal)),
                    $"{file}: name it after what it does"
                );
            }
        }
    }

    [Fact]
    public void ExceptionsOfAnyKindAreCaughtAtTheEdgesAlone()
    {
        foreach (var file in Repository.SourceFiles("src"))
        {
            if (!s_catchAllAllowed.Any(prefix => file.StartsWith(prefix, StringComparison.Ordinal)))
            {
                Assert.False(CatchAll().IsMatch(Text(file)), $"{file} catches exceptions of any kind");
            }
        }
    }

    [Fact]
    public void NothingIsLeftForLaterInTheCode()
    {
        foreach (var file in Repository.SourceFiles("src", "bench"))
        {
            Assert.DoesNotMatch(Unfinished(), Text(file));
        }
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    [GeneratedRegex(
        @"catch\s*(\(\s*(System\.)?Exception\b[^)]*\)\s*(?!when))?\{(?![^{}]*\bthrow;\s*\})",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex CatchAll();

    [GeneratedRegex(
        @"NotImplementedException|\b(TODO|FIXME|HACK)\b",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex Unfinished();
}
