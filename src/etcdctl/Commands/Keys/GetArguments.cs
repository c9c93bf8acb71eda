using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;

namespace EtcdSharp.Programs.Etcdctl.Commands.Keys;

/// <summary>The options of <c>get</c>, on the command line and within a transaction.</summary>
internal sealed class GetArguments(FlagSet flags)
{
    private readonly StringFlag consistency = flags.Add(
        new StringFlag("consistency", "l", "Linearizable(l) or Serializable(s)") { ValidValues = ["l", "s"] }
    );

    private readonly StringFlag order = flags.Add(
        new StringFlag("order", "", "Order of results; ASCEND or DESCEND (ASCEND by default)")
        {
            ValidValues = ["ASCEND", "DESCEND"],
        }
    );

    private readonly StringFlag sortBy = flags.Add(
        new StringFlag("sort-by", "", "Sort target; CREATE, KEY, MODIFY, VALUE, or VERSION")
        {
            ValidValues = ["CREATE", "KEY", "MODIFY", "VALUE", "VERSION"],
        }
    );

    private readonly Int64Flag limit = flags.Int64("limit", 0, "Maximum number of results");
    private readonly BoolFlag prefix = flags.Bool("prefix", "Get keys with matching prefix");
    private readonly BoolFlag fromKey = flags.Bool(
        "from-key",
        "Get keys that are greater than or equal to the given key using byte compare"
    );

    private readonly Int64Flag revision = flags.Int64("rev", 0, "Specify the kv revision");
    private readonly BoolFlag keysOnly = flags.Bool("keys-only", "Get only the keys");
    private readonly BoolFlag countOnly = flags.Bool("count-only", "Get only the count");
    private readonly BoolFlag valuesOnly = flags.Bool(
        "print-value-only",
        "Only write values when using the \"simple\" output format"
    );

    private readonly Int64Flag minCreateRevision = flags.Int64("min-create-rev", 0, "Minimum create revision");
    private readonly Int64Flag maxCreateRevision = flags.Int64("max-create-rev", 0, "Maximum create revision");
    private readonly Int64Flag minModRevision = flags.Int64("min-mod-rev", 0, "Minimum modification revision");
    private readonly Int64Flag maxModRevision = flags.Int64("max-mod-rev", 0, "Maximum modification revision");
    private readonly BoolFlag stream = flags.Bool("stream", "Use the RangeStream RPC");

    public bool CountOnly => countOnly.Value;

    public bool ValuesOnly => valuesOnly.Value;

    /// <exception cref="CommandFailure">They make no sense together.</exception>
    public (KeyRange Range, GetOptions Options) Read(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
        {
            throw new CommandFailure(
                ExitCode.BadArguments,
                "get command needs one argument as key and an optional argument as range_end"
            );
        }

        if (keysOnly.Value && countOnly.Value)
        {
            throw new CommandFailure(
                ExitCode.BadArguments,
                "`--keys-only` and `--count-only` cannot be set at the same time, choose one"
            );
        }

        RangeArguments.RefuseBoth(prefix, fromKey);
        var serializable = Consistency.IsSerializable(consistency.Value);
        RangeArguments.RefuseEnd(arguments, prefix, fromKey);
        var descending = IsDescending();
        var target = Target();
        RefuseEmptySpan("Create", minCreateRevision, maxCreateRevision);
        RefuseEmptySpan("Mod", minModRevision, maxModRevision);
        var options = new GetOptions
        {
            Serializable = serializable,
            Limit = limit.Value,
            Revision = Math.Max(0, revision.Value),
            SortBy = target,
            Descending = descending,
            LimitFirst = order.Value.Length == 0,
            Streamed = stream.Value,
            KeysOnly = keysOnly.Value,
            CountOnly = countOnly.Value,
            MinCreateRevision = Math.Max(0, minCreateRevision.Value),
            MaxCreateRevision = Math.Max(0, maxCreateRevision.Value),
            MinModRevision = Math.Max(0, minModRevision.Value),
            MaxModRevision = Math.Max(0, maxModRevision.Value),
        };
        return (RangeArguments.Read(arguments, prefix.Value, fromKey.Value), options);
    }

    private bool IsDescending() =>
        order.Value.ToUpperInvariant() switch
        {
            "DESCEND" => true,
            "ASCEND" or "" => false,
            _ => throw new CommandFailure(ExitCode.BadFeature, $"bad sort order {order.Value}"),
        };

    /// <summary>By key is how the server answers anyway.</summary>
    private SortTarget? Target() =>
        sortBy.Value.ToUpperInvariant() switch
        {
            "CREATE" => SortTarget.CreateRevision,
            "MODIFY" => SortTarget.ModRevision,
            "VALUE" => SortTarget.Value,
            "VERSION" => SortTarget.Version,
            "KEY" or "" => null,
            _ => throw new CommandFailure(ExitCode.BadFeature, $"bad sort target {sortBy.Value}"),
        };

    private static void RefuseEmptySpan(string kind, Int64Flag min, Int64Flag max)
    {
        if (max.Value > 0 && min.Value > max.Value)
        {
            throw new CommandFailure(ExitCode.BadFeature, $"getMin{kind}Rev(={min.Value}) > getMax{kind}Rev(={max.Value})");
        }
    }
}
