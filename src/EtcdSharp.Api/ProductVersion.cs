using System.Reflection;
using System.Runtime.InteropServices;

namespace EtcdSharp.Api;

/// <summary>The versions this program speaks of: etcd's, which clients choose features by, and its own.</summary>
internal static class ProductVersion
{
    /// <summary>The release of etcd whose API and files are spoken.</summary>
    public const string Etcd = "3.7.1";

    /// <summary>The lowest release of etcd that a cluster may be at for this member to join.</summary>
    public const string EtcdMinimumCluster = "3.0.0";

    public static string Own { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";

    /// <summary>What <c>--version</c> prints. Tools read the first line.</summary>
    public static string Text() =>
        $"""
            etcd Version: {Etcd}
            EtcdSharp Version: {Own.Split('+')[0]}
            Git SHA: {(Own.Split('+') is [_, var sha] ? sha[..Math.Min(7, sha.Length)] : "unknown")}
            .NET Version: {Environment.Version}
            .NET OS/Arch: {OperatingSystemName()}/{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}

            """;

    /// <summary>As Go names it.</summary>
    internal static string ArchitectureName() =>
        RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "amd64",
            Architecture.X86 => "386",
            var other => other.ToString().ToLowerInvariant(),
        };

    /// <summary>As Go names it.</summary>
    internal static string OperatingSystemName() =>
        OperatingSystem.IsLinux() ? "linux"
        : OperatingSystem.IsMacOS() ? "darwin"
        : "windows";
}
