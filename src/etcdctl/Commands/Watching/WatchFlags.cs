using EtcdSharp.Client;
using EtcdSharp.CommandLine.Flags;

namespace EtcdSharp.Programs.Etcdctl.Commands.Watching;

/// <summary>The options of <c>watch</c>, on the command line and of each watch that is typed in.</summary>
internal sealed class WatchFlags(FlagSet flags)
{
    private readonly BoolFlag previous = flags.Bool("prev-kv", "get the previous key-value pair before the event happens");

    private readonly Int64Flag revision = flags.Int64("rev", 0, "Revision to start watching");
    private readonly BoolFlag progress = flags.Bool("progress-notify", "get periodic watch progress notification from server");

    public BoolFlag Interactive { get; } = flags.Bool("interactive", "Interactive mode", shorthand: 'i');

    public BoolFlag Prefix { get; } = flags.Bool("prefix", "Watch on a prefix if prefix is set");

    public WatchOptions ToOptions() =>
        new()
        {
            StartRevision = revision.Value,
            PreviousValues = previous.Value,
            Progress = progress.Value,
        };
}
