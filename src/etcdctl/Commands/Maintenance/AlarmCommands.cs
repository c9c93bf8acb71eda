using EtcdSharp.Api;
using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Maintenance;

internal static class AlarmCommands
{
    public static Command Create(GlobalFlags global) =>
        new Command("alarm <subcommand>", "Alarm related commands. Use `etcdctl alarm --help` to see subcommands")
        {
            Description = "Alarm related commands",
            GroupId = CommandGroups.Maintenance,
        }.Add(
            new Command("disarm", "Disarms all alarms") { Run = context => RunAsync(global, context, DisarmAllAsync) },
            new Command("list", "Lists all alarms")
            {
                Run = context =>
                    RunAsync(
                        global,
                        context,
                        static session => Session.CallAsync(() => session.Client.Maintenance.AlarmsAsync())
                    ),
            }
        );

    private static Task<int> RunAsync(GlobalFlags global, CommandContext context, Func<Session, Task<AlarmResponse>> call)
    {
        if (context.Arguments.Count != 0)
        {
            throw new CommandFailure(ExitCode.BadArguments, $"alarm {context.Command.Name} command accepts no arguments");
        }

        return Session.RunAsync(global, context, async session => session.Printer.Alarms(await call(session)));
    }

    /// <summary>One by one; the result lists those that are no more and has no header.</summary>
    private static async Task<AlarmResponse> DisarmAllAsync(Session session)
    {
        var raised = await Session.CallAsync(() => session.Client.Maintenance.AlarmsAsync());
        var all = new AlarmResponse();
        foreach (var alarm in raised.Alarms)
        {
            var disarmed = await Session.CallAsync(() => session.Client.Maintenance.DisarmAsync(alarm.MemberID, alarm.Alarm));
            all.Alarms.AddRange(disarmed.Alarms);
        }

        return all;
    }
}
