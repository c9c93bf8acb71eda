using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Checking;

/// <summary>The options that both checks have, and what they do before and after the load.</summary>
internal sealed class CheckOptions(FlagSet flags, string loadUsage, string defaultPrefix, string prefixUsage)
{
    private static readonly string[] s_loads = ["small", "medium", "large", "xLarge"];

    /// <summary>Deleting, compacting and defragmenting may take so long each.</summary>
    private static readonly TimeSpan s_cleanupPatience = TimeSpan.FromSeconds(30);

    private readonly StringFlag load = flags.Add(new StringFlag("load", "s", loadUsage) { ValidValues = s_loads });
    private readonly StringFlag prefix = flags.String("prefix", defaultPrefix, prefixUsage);

    private readonly BoolFlag compact = flags.Bool("auto-compact", "Compact storage with last revision after test is finished.");

    private readonly BoolFlag defragment = flags.Bool("auto-defrag", "Defragment storage after test is finished.");

    public EtcdBytes Prefix => RawText.ToBytes(prefix.Value);

    /// <summary>0 for small to 3 for extra large.</summary>
    public int Load() =>
        load.Value switch
        {
            "s" or "small" => 0,
            "m" or "medium" => 1,
            "l" or "large" => 2,
            "xl" or "xLarge" => 3,
            _ => throw new CommandFailure(ExitCode.BadFeature, $"unknown load option {load.Value}"),
        };

    /// <exception cref="CommandFailure">There are keys below the prefix, which the check would delete.</exception>
    public async Task RequireNoKeysAsync(Session session, string hint)
    {
        var found = await Session.CallAsync(() =>
            session.Patient.Kv.GetAsync(KeyRange.Prefix(Prefix), new GetOptions { Limit = 1 })
        );
        if (found.KeyValues.Count > 0)
        {
            throw new CommandFailure(
                ExitCode.InvalidInput,
                $"prefix {GoQuote.Of(prefix.Value)} has keys. Delete with {hint.Replace("PREFIX", prefix.Value, StringComparison.Ordinal)} first"
            );
        }
    }

    /// <summary>Deletes the keys of the check; compacts and defragments where that is wanted.</summary>
    public async Task CleanUpAsync(Session session)
    {
        var patient = session.Patient.WithTimeout(s_cleanupPatience);
        var deleted = await Session.CallAsync(() => patient.Kv.DeleteAsync(KeyRange.Prefix(Prefix)));
        var output = session.Context.Out;
        if (compact.Value)
        {
            var revision = deleted.Header.Revision;
            output.WriteLine($"Compacting with revision {revision}");
            await Session.CallAsync(() => patient.Kv.CompactAsync(revision, physical: true));
            output.WriteLine($"Compacted with revision {revision}");
        }

        if (!defragment.Value)
        {
            return;
        }

        foreach (var endpoint in session.Endpoints)
        {
            output.WriteLine($"Defragmenting {GoQuote.Of(endpoint)}");
            await Session.CallAsync(() => session.Patient.Maintenance.DefragmentAsync(endpoint));
            output.WriteLine($"Defragmented {GoQuote.Of(endpoint)}");
        }
    }
}
