using System.Diagnostics.CodeAnalysis;
using EtcdSharp.Raft.Tracker;

namespace EtcdSharp.Raft.Confchange;

/// <summary>A new configuration with its members' progress, or the reason why there is none.</summary>
internal sealed class ConfigurationResult
{
    private ConfigurationResult(TrackerConfig? config, ProgressMap? progress, string? refusal)
    {
        Config = config;
        Progress = progress;
        Refusal = refusal;
    }

    public TrackerConfig? Config { get; }

    public ProgressMap? Progress { get; }

    public string? Refusal { get; }

    [MemberNotNullWhen(true, nameof(Config), nameof(Progress))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsAccepted => Refusal is null;

    public static ConfigurationResult Accepted(TrackerConfig config, ProgressMap progress) =>
        new(config, progress, refusal: null);

    public static ConfigurationResult Refused(string refusal) => new(config: null, progress: null, refusal);
}
