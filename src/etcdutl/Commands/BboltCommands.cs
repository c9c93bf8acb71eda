using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdutl.Commands;

/// <summary>The B+tree file as such, whatever it holds: bbolt's own tool, as far as an operator needs it.</summary>
internal static class BboltCommands
{
    public static Command Create(GlobalOptions options) =>
        new Command("bbolt", "A simple command line tool for inspecting bbolt databases").Add(
            BboltCheckCommand.Create(options),
            BboltStatsCommand.Create(options),
            BboltPagesCommand.Create(options),
            BboltDumpCommand.Create(),
            BboltCompactCommand.Create(options)
        );
}
