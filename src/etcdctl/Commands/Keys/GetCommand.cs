using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;
using EtcdSharp.Programs.Etcdctl.Printing;

namespace EtcdSharp.Programs.Etcdctl.Commands.Keys;

internal static class GetCommand
{
    public static Command Create(GlobalFlags global)
    {
        var command = new Command("get [options] <key> [range_end]", "Gets the key or a range of keys")
        {
            GroupId = CommandGroups.Keys,
        };
        var arguments = new GetArguments(command.Flags);
        command.Run = context => RunAsync(global, arguments, context);
        return command;
    }

    private static Task<int> RunAsync(GlobalFlags global, GetArguments arguments, CommandContext context)
    {
        var (range, options) = arguments.Read(context.Arguments);
        return Session.RunAsync(
            global,
            context,
            async session =>
            {
                var found = await Session.CallAsync(() => session.Client.Kv.GetAsync(range, options));
                if (arguments.CountOnly && session.Printer is not FieldsPrinter)
                {
                    throw new CommandFailure(ExitCode.BadArguments, "--count-only is only for `--write-out=fields`");
                }

                if (arguments.ValuesOnly)
                {
                    var simple =
                        session.Printer as SimplePrinter
                        ?? throw new CommandFailure(ExitCode.BadArguments, "print-value-only is only for `--write-out=simple`");
                    simple.ValuesOnly = true;
                }

                session.Printer.Get(found.Message);
            }
        );
    }
}
