using System.Text.RegularExpressions;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>The table of flags against the list of etcd 3.7.1, where that list is at hand.</summary>
public sealed partial class FlagReferenceTests
{
    [Fact]
    public void EveryFlagOfEtcdIsThereWithItsDefault()
    {
        var lines = File.ReadAllLines(SharedFiles.Find("reference/etcd-3.7.1-flags.txt"));
        var flags = lines.Select(line => FlagLine().Match(line)).Where(match => match.Success).ToList();
        Assert.True(flags.Count > 100, $"only {flags.Count} flags were read from the reference");
        foreach (var match in flags)
        {
            Assert.True(FlagTable.Flags.ByName.TryGetValue(match.Groups["name"].Value, out var flag), match.Value);
            var expected = match.Groups["default"].Value;
            var described =
                expected is "" or "${name}.etcd" or "math.MaxUint32"
                || flag.Name is "log-rotation-config-json" or "backend-bbolt-freelist-type";
            Assert.True(described || flag.Default == expected, $"--{flag.Name}: expected {expected}, found {flag.Default}");
        }
    }

    [GeneratedRegex(
        "^--(?<name>[a-z0-9-]+)(?: '?(?<default>[^']*)'?)?$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex FlagLine();
}
