using System.Globalization;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Offline;
using EtcdSharp.Platform;
using EtcdSharp.Programs.Etcdutl.Printing;

namespace EtcdSharp.Programs.Etcdutl.Commands;

internal static class HashKvCommand
{
    public static Command Create(GlobalOptions options)
    {
        var command = new Command("hashkv <filename>", "Prints the KV history hash of a given file")
        {
            CheckArguments = static (_, arguments) =>
                arguments.Count == 1 ? null : $"accepts 1 arg(s), received {arguments.Count}",
        };
        var revision = command.Flags.Int64("rev", 0, "maximum revision to hash (default: latest revision)");
        command.Run = context => Task.FromResult(Run(context, revision, options));
        return command;
    }

    private static int Run(CommandContext context, Int64Flag revision, GlobalOptions options)
    {
        var format = options.Format;
        var hash =
            StoreHash.TryCompute(SystemDisk.Instance, context.Arguments[0], revision.Value, options.LockTimeout, out var problem)
            ?? throw new CommandFailure(ExitCode.Error, problem!);
        Report.Print(
            context.Out,
            format,
            Number("hash", "Hash", "hash", hash.Hash),
            Number("hash revision", "Hash revision", "hashRevision", hash.Revision),
            Number("compact revision", "Compact revision", "compactRevision", hash.CompactRevision)
        );
        return ExitCode.Success;
    }

    private static ReportColumn Number(string heading, string field, string jsonName, long value) =>
        new(heading, value.ToString(CultureInfo.InvariantCulture), field, jsonName, value);
}
