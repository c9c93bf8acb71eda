using System.Collections.Frozen;

namespace EtcdSharp.Server.Configuration;

/// <summary>The switches of <c>--feature-gates</c>.</summary>
internal sealed class FeatureGates
{
    /// <summary>Every gate of etcd 3.7: its default, its stage, and whether both of its positions are built here.</summary>
    public static readonly FrozenDictionary<string, (bool Default, string Stage, bool Built)> Known = new Dictionary<
        string,
        (bool, string, bool)
    >(StringComparer.Ordinal)
    {
        ["CompactHashCheck"] = (false, "ALPHA", true),
        ["FastLeaseKeepAlive"] = (true, "BETA", true),
        ["InitialCorruptCheck"] = (false, "ALPHA", true),
        ["LeaseCheckpoint"] = (false, "ALPHA", true),
        ["LeaseCheckpointPersist"] = (false, "ALPHA", true),
        ["PriorityRequest"] = (false, "ALPHA", true),
        ["SetMemberLocalAddr"] = (false, "ALPHA", false),
        ["StopGRPCServiceOnDefrag"] = (false, "ALPHA", false),
        ["TxnModeWriteWithSharedBuffer"] = (true, "BETA", true),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly Dictionary<string, bool> _set = new(StringComparer.Ordinal);

    public bool IsOn(string name) => _set.TryGetValue(name, out var on) ? on : Known[name].Default;

    /// <summary>The gates that were set, in the form of the flag.</summary>
    public override string ToString() =>
        string.Join(
            ',',
            _set.OrderBy(gate => gate.Key, StringComparer.Ordinal).Select(gate => $"{gate.Key}={(gate.Value ? "true" : "false")}")
        );

    /// <summary>Reads <c>Name=true,Other=false</c>; null and the error when that fails.</summary>
    public static FeatureGates? Parse(string text, out string? error)
    {
        var gates = new FeatureGates();
        error = null;
        foreach (var pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = pair.Split('=', 2);
            if (!Known.TryGetValue(parts[0], out var gate))
            {
                error = $"unrecognized feature gate: {parts[0]}";
            }
            else if (parts.Length != 2 || !FlagDefinition.TryParseBoolean(parts[1], out var on))
            {
                error = $"invalid value of {pair}, use {parts[0]}=true or {parts[0]}=false";
            }
            else if (on && !gate.Built)
            {
                error = $"--feature-gates {parts[0]}=true asks for a feature that is not built yet; leave it out";
            }
            else
            {
                gates._set[parts[0]] = on;
            }

            if (error is not null)
            {
                return null;
            }
        }

        if (gates.IsOn("LeaseCheckpointPersist") && !gates.IsOn("LeaseCheckpoint"))
        {
            error = "enabling feature gate LeaseCheckpointPersist requires enabling feature gate LeaseCheckpoint";
            return null;
        }

        return gates;
    }
}
