using System.Diagnostics.CodeAnalysis;
using EtcdSharp.Node.Compaction;
using EtcdSharp.Replica.Tokens;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server;

/// <summary>
/// What of a member's options is text, read. Everything that could be refused is refused here, before anything is written and before
/// any other member is asked: who comes later is handed what was read and reads nothing itself.
/// </summary>
internal sealed record CheckedOptions(FeatureGates Gates, TokenOptions Tokens, CompactionPlan Compaction)
{
    /// <summary>False and the first problem, in one line.</summary>
    public static bool TryRead(
        MemberOptions options,
        [NotNullWhen(true)] out CheckedOptions? read,
        [NotNullWhen(false)] out string? problem
    )
    {
        read = null;
        problem = AutoCompaction.TryPlan(options.AutoCompactionMode, options.AutoCompactionRetention, out var compaction);
        problem ??= MemberOptionsRules.FirstBroken(options);
        if (problem is not null)
        {
            return false;
        }

        var gates = FeatureGates.Parse(options.FeatureGates, out problem);
        if (problem is not null || !TokenOptions.TryRead(options.AuthToken, out var tokens, out problem))
        {
            return false;
        }

        read = new CheckedOptions(gates!, tokens, compaction);
        return true;
    }
}
