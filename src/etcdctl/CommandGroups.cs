using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl;

/// <summary>The headings of <c>etcdctl --help</c>, in their order.</summary>
internal static class CommandGroups
{
    public const string Keys = "kv";
    public const string Maintenance = "cluster maintenance";
    public const string Concurrency = "concurrency";
    public const string Authentication = "authentication";
    public const string Utility = "utility";

    public static IReadOnlyList<CommandGroup> All { get; } =
    [
        new(Keys, "Key-value commands"),
        new(Maintenance, "Cluster maintenance commands"),
        new(Concurrency, "Concurrency commands"),
        new(Authentication, "Authentication commands"),
        new(Utility, "Utility commands"),
    ];
}
