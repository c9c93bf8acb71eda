using System.Collections.Frozen;
using EtcdSharp.Replica.Lease;

namespace EtcdSharp.Server.Configuration;

/// <summary>The switches of <c>--feature-gates</c>.</summary>
internal sealed class FeatureGates
{
    private const string Alpha = "ALPHA";
    private const string Beta = "BETA";
    private const string AllAlpha = "AllAlpha";
    private const string AllBeta = "AllBeta";

    /// <summary>Every gate of etcd 3.7: its default, its stage, and whether both of its positions are built here.</summary>
    public static readonly FrozenDictionary<string, (bool Default, string Stage, bool Built)> Known = new Dictionary<
        string,
        (bool, string, bool)
    >(StringComparer.Ordinal)
    {
        ["CompactHashCheck"] = (false, Alpha, true),
        ["FastLeaseKeepAlive"] = (true, Beta, true),
        ["InitialCorruptCheck"] = (false, Alpha, true),
        ["LeaseCheckpoint"] = (false, Alpha, true),
        ["LeaseCheckpointPersist"] = (false, Alpha, true),
        ["PriorityRequest"] = (false, Alpha, true),
        ["SetMemberLocalAddr"] = (false, Alpha, false),
        ["StopGRPCServiceOnDefrag"] = (false, Alpha, true),
        ["TxnModeWriteWithSharedBuffer"] = (true, Beta, true),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Each stands for all gates of a stage that are not set themselves.</summary>
    private static readonly FrozenDictionary<string, string> s_stages = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [AllAlpha] = Alpha,
        [AllBeta] = Beta,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly Dictionary<string, bool> _set = new(StringComparer.Ordinal);

    public bool IsOn(string name)
    {
        if (_set.TryGetValue(name, out var on))
        {
            return on;
        }

        var (isDefault, stage, _) = Known[name];
        return _set.TryGetValue(stage == Alpha ? AllAlpha : AllBeta, out var all) ? all : isDefault;
    }

    /// <summary>The gates that were set, in the form of the flag.</summary>
    public override string ToString() =>
        string.Join(
            ',',
            _set.OrderBy(gate => gate.Key, StringComparer.Ordinal).Select(gate => $"{gate.Key}={(gate.Value ? "true" : "false")}")
        );

    /// <summary>What is wrong with the text alone, before it is asked whether the gates go together; null when nothing is.</summary>
    public static string? CheckSyntax(string text) => new FeatureGates().Set(text);

    /// <summary>Reads <c>Name=true,Other=false</c>; null and the error when that fails.</summary>
    public static FeatureGates? Parse(string text, out string? error)
    {
        var gates = new FeatureGates();
        error = gates.Set(text) ?? gates.FirstNotBuilt();
        if (error is null && gates.IsOn("LeaseCheckpointPersist") && !gates.IsOn("LeaseCheckpoint"))
        {
            error = "enabling feature gate LeaseCheckpointPersist requires enabling feature gate LeaseCheckpoint";
        }

        return error is null ? gates : null;
    }

    private string? Set(string text)
    {
        foreach (var pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            var name = parts[0].Trim();
            if (parts.Length != 2)
            {
                return $"missing bool value for {name}";
            }

            var value = parts[1].Trim();
            if (!FlagDefinition.TryParseBoolean(value, out var on))
            {
                return $"invalid value of {name}={value}, err: strconv.ParseBool: parsing \"{value}\": invalid syntax";
            }

            _set[name] = on;
        }

        return _set.Keys.FirstOrDefault(name => !Known.ContainsKey(name) && !s_stages.ContainsKey(name)) is { } unknown
            ? $"unrecognized feature gate: {unknown}"
            : null;
    }

    private string? FirstNotBuilt() =>
        Known
            .Where(gate => !gate.Value.Built && IsOn(gate.Key))
            .Select(gate => $"--feature-gates switches on {gate.Key}, a feature that is not built yet; leave it out")
            .FirstOrDefault();
}
