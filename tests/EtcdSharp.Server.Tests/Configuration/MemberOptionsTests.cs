using System.Reflection;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>What is given for a flag lies under its row in the options of the member, and under the property of that name where there is one.</summary>
public sealed class MemberOptionsTests
{
    private const BindingFlags PublicOnes = BindingFlags.Instance | BindingFlags.Public;

    /// <summary>Flags that another must go with.</summary>
    private static readonly Dictionary<FlagDefinition, string> s_needed = new()
    {
        [FlagTable.ListenClientUrls] = "--advertise-client-urls=http://127.0.0.1:1",
        [FlagTable.DiscoveryToken] = "--discovery-endpoints=127.0.0.1:7",
        [FlagTable.DiscoveryEndpoints] = "--discovery-token=t",
    };

    public static TheoryData<string> Flags =>
        [.. FlagTable.Flags.All.Where(flag => flag.Support == FlagSupport.Built).Select(flag => flag.Name)];

    [Theory, MemberData(nameof(Flags))]
    public void AFlagReachesTheMember(string name)
    {
        var flag = FlagTable.Flags.ByName[name];
        if (flag == FlagTable.Logger)
        {
            // It takes one word alone.
            return;
        }

        string[] needed = s_needed.TryGetValue(flag, out var other) ? [other] : [];
        var (before, after) = (Read([]), Read([$"{flag}={OtherValues.Of(flag)}", .. needed]));
        Assert.NotEqual(Shown(before.Of(flag)), Shown(after.Of(flag)));
        if (typeof(MemberOptions).GetProperty(flag.Option, PublicOnes) is { } property)
        {
            Assert.NotEqual(Shown(property.GetValue(before)), Shown(property.GetValue(after)));
        }
    }

    [Theory, MemberData(nameof(Flags))]
    public void APropertyIsThatOfItsFlagAndOfNoOther(string name)
    {
        var flag = FlagTable.Flags.ByName[name];
        if (typeof(MemberOptions).GetProperty(flag.Option, PublicOnes) is not { } property)
        {
            return;
        }

        var changed = new MemberOptions { DataDirectory = "d" };
        var untouched = FlagTable.Flags.All.ToDictionary(one => one, one => Shown(changed.Of(one)));
        property.SetValue(
            changed,
            property.GetValue(
                Read([
                    $"{flag}={OtherValues.Of(flag)}",
                    .. s_needed.TryGetValue(flag, out var other) ? [other] : Array.Empty<string>(),
                ])
            )
        );
        Assert.Equal([flag], FlagTable.Flags.All.Where(one => Shown(changed.Of(one)) != untouched[one]));
    }

    /// <summary>A member inside a program has the same, apart from what it has on purpose.</summary>
    [Fact]
    public void TheDefaultsAreThoseOfTheProgram()
    {
        var (embedded, program) = (new MemberOptions { DataDirectory = "default.etcd" }, Read([]));
        var different = FlagTable.Flags.All.Where(flag => Shown(embedded.Of(flag)) != Shown(program.Of(flag)));
        Assert.Equal(
            [FlagTable.ListenPeerUrls, FlagTable.InitialCluster, FlagTable.AdvertiseClientUrls],
            different.OrderBy(flag => flag == FlagTable.AdvertiseClientUrls)
        );
    }

    private static string Shown(object? value) =>
        value is System.Collections.IEnumerable many and not string ? string.Join(' ', many.Cast<object>()) : $"{value}";

    private static MemberOptions Read(string[] arguments)
    {
        var reading = ConfigurationReader.Read(arguments, new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Null(reading.Error);
        return reading.Options!;
    }
}
