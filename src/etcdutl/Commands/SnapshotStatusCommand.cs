using System.Globalization;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Offline;
using EtcdSharp.Platform;
using EtcdSharp.Programs.Etcdutl.Printing;

namespace EtcdSharp.Programs.Etcdutl.Commands;

internal static class SnapshotStatusCommand
{
    public static Command Create(GlobalOptions options) =>
        new("status <filename>", "Gets backend snapshot status of a given file")
        {
            Description =
                "When --write-out is set to simple, this command prints out comma-separated status lists for each endpoint.\n"
                + "The items in the lists are hash, revision, total keys, total size.\n",
            Run = context => Task.FromResult(Run(context, options)),
        };

    private static int Run(CommandContext context, GlobalOptions options)
    {
        if (context.Arguments is not [var path])
        {
            throw new CommandFailure(ExitCode.BadArguments, "snapshot status requires exactly one argument");
        }

        var format = options.Format;
        var status =
            SnapshotStatus.TryRead(SystemDisk.Instance, path, options.LockTimeout, out var problem)
            ?? throw new CommandFailure(ExitCode.Error, problem!);
        Report.Print(
            context.Out,
            format,
            new ReportColumn("hash", status.Hash.ToString("x", CultureInfo.InvariantCulture), "Hash", "hash", status.Hash),
            Number("revision", "Revision", "revision", status.Revision),
            Number("total keys", "Keys", "totalKey", status.TotalKeys),
            new ReportColumn("total size", HumanSize.Of(status.TotalBytes), "Size", "totalSize", status.TotalBytes),
            new ReportColumn("version", status.Version, "Version", "version", status.Version)
        );
        return ExitCode.Success;
    }

    private static ReportColumn Number(string heading, string field, string jsonName, long value) =>
        new(heading, value.ToString(CultureInfo.InvariantCulture), field, jsonName, value);
}
