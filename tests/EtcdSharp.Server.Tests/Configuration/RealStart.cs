using System.Diagnostics;
using System.Text.Json;
using EtcdSharp.Harness;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>
/// What real etcd makes of a configuration. Each one names members that do not agree with the advertised URL, so that a
/// start whose settings are taken prints them and then ends by itself, some hundredths of a second later.
/// </summary>
internal sealed record RealStart(int ExitCode, string Output)
{
    /// <summary>More at once would only make each of them slower.</summary>
    public const int AtOnceMax = 3;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private static readonly Lazy<HashSet<string>> s_flags = new(ReadFlags);

    /// <summary>Whether the settings are right by themselves; files, ports and other members are not looked at yet.</summary>
    public bool IsAccepted =>
        ExitCode != 2
        && !Output.Contains("failed to verify flags", StringComparison.Ordinal)
        && !Output.Contains("unexpected error setting up", StringComparison.Ordinal)
        && !Output.Contains("conflicting environment variable", StringComparison.Ordinal);

    /// <summary>It ended as no program means to end.</summary>
    public bool HasPanicked => Output.Contains("panic", StringComparison.Ordinal);

    /// <summary>The fields of the line with all settings; null where etcd did not come so far.</summary>
    public JsonElement? Settings =>
        Output
            .Split('\n')
            .Where(line => line.Contains("\"starting an etcd server\"", StringComparison.Ordinal))
            .Select(line => (JsonElement?)JsonDocument.Parse(line).RootElement)
            .FirstOrDefault();

    /// <summary>The settings that make a start end by itself, by their names.</summary>
    public static Dictionary<string, string> Base() =>
        new(StringComparer.Ordinal)
        {
            ["data-dir"] = "data",
            ["listen-client-urls"] = "http://127.0.0.1:0",
            ["listen-peer-urls"] = "http://127.0.0.1:0",
            ["advertise-client-urls"] = "http://127.0.0.1:1",
            ["initial-advertise-peer-urls"] = "http://127.0.0.1:2",
            ["initial-cluster"] = "default=http://127.0.0.1:3",
        };

    /// <summary>Whether this release of real etcd has the flag; later ones have more. Without a real etcd any flag will do.</summary>
    public static bool Knows(string flag) => Programs.RealEtcd is null || s_flags.Value.Contains(flag);

    public static async Task<RealStart> RunAsync(
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? file = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("etcdsharp-real-start-").FullName;
        try
        {
            var start = new ProcessStartInfo(Programs.RealEtcd!)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder,
            };
            if (file is not null)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "etcd.yaml"), file);
                start.ArgumentList.Add("--config-file=etcd.yaml");
            }

            foreach (var argument in arguments)
            {
                start.ArgumentList.Add(argument);
            }

            foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
            {
                start.Environment[name] = value;
            }

            using var process = Process.Start(start)!;
            var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync())
                .WaitAsync(s_limit);
            await process.WaitForExitAsync().WaitAsync(s_limit);
            return new RealStart(process.ExitCode, texts[0] + texts[1]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static HashSet<string> ReadFlags()
    {
        var start = new ProcessStartInfo(Programs.RealEtcd!, "--help")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var help = process.StandardOutput.ReadToEnd();
        errors.GetAwaiter().GetResult();
        return
        [
            .. help.Split('\n')
                .Where(line => line.StartsWith("  --", StringComparison.Ordinal))
                .Select(line => line[4..].Split(' ')[0]),
        ];
    }
}
