using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Programs.Etcdctl.Connection;
using EtcdSharp.Programs.Etcdctl.Input;

namespace EtcdSharp.Programs.Etcdctl.Commands.Leases;

internal static class LeaseTimeToLiveCommand
{
    public static Command Create(GlobalFlags global)
    {
        var command = new Command("timetolive <leaseID> [options]", "Get lease information");
        var keys = command.Flags.Bool("keys", "Get keys attached to this lease");
        command.Run = context => RunAsync(global, keys, context);
        return command;
    }

    private static Task<int> RunAsync(GlobalFlags global, BoolFlag keys, CommandContext context)
    {
        if (context.Arguments.Count != 1)
        {
            throw new CommandFailure(ExitCode.BadArguments, "lease timetolive command needs lease ID as argument");
        }

        // As in etcdctl, the arguments are looked at only when there is a client.
        return Session.RunAsync(
            global,
            context,
            async session =>
            {
                var id = IdArguments.Lease(context.Arguments[0]);
                var rest = await Session.CallAsync(
                    () => session.Patient.Lease.TimeToLiveAsync(id, keys.Value),
                    ExitCode.BadConnection
                );
                session.Printer.TimeToLive(rest, keys.Value);
            }
        );
    }
}
