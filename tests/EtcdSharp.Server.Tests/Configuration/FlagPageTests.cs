using EtcdSharp.Harness;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>docs/flags.md says what the table says. With ETCDSHARP_REWRITE_DOCS=1 it is written anew.</summary>
public sealed class FlagPageTests
{
    private static readonly string s_path = Path.Combine(Programs.RepositoryRoot, "docs", "flags.md");

    [Fact]
    public void ThePageOfFlagsIsThatOfTheTable()
    {
        var page = FlagPage.Of(FlagTable.Flags);
        if (Environment.GetEnvironmentVariable("ETCDSHARP_REWRITE_DOCS") is { Length: > 0 })
        {
            File.WriteAllText(s_path, page);
        }

        Assert.Equal(page, File.ReadAllText(s_path));
    }
}
