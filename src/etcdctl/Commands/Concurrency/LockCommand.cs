using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Concurrency;

internal static class LockCommand
{
    private const long DefaultTtlSeconds = 10;

    /// <summary>One minute: what a lease is at least made for where the option is not positive, as etcd's client has it.</summary>
    private const long SessionTtlSeconds = 60;

    /// <summary>Far beyond what a server grants (9,000,000,000), and within what a time can be.</summary>
    private const long TtlSecondsMax = 100_000_000_000;

    public static Command Create(GlobalFlags global)
    {
        var command = new Command("lock <lockname> [exec-command arg1 arg2 ...]", "Acquires a named lock")
        {
            GroupId = CommandGroups.Concurrency,
        };
        var ttl = command.Flags.Int64("ttl", DefaultTtlSeconds, "timeout for session");
        command.Run = async context =>
        {
            if (context.Arguments.Count == 0)
            {
                throw new CommandFailure(
                    ExitCode.BadArguments,
                    "lock takes a lock name argument and an optional command to execute"
                );
            }

            var time = TimeSpan.FromSeconds(ttl.Value > 0 ? Math.Min(ttl.Value, TtlSecondsMax) : SessionTtlSeconds);
            await Session.RunAsync(global, context, session => HoldAsync(session, context.Arguments, time));
            return ExitCode.Success;
        };
        return command;
    }

    private static async Task HoldAsync(Session session, IReadOnlyList<string> arguments, TimeSpan ttl)
    {
        var stop = new StopSignal();
        LockHold hold;
        try
        {
            hold = await Session.CallAsync(() => session.Patient.LockAsync(arguments[0], ttl, stop.Token));
        }
        catch (CommandFailure failure) when (stop.IsGiven)
        {
            throw new CommandFailure(ExitCode.Error, "context canceled", failure);
        }

        await using (hold)
        {
            if (arguments.Count > 1)
            {
                await LockedProgram.RunAsync([.. arguments.Skip(1)], hold);
                return;
            }

            var own = await Session.CallAsync(() => session.Patient.Kv.GetAsync(hold.Key));
            if (own.First is null)
            {
                throw new CommandFailure(ExitCode.Error, "lock lost on init");
            }

            session.Printer.Get(own.Message);
            session.Context.Out.Flush();
            await stop.OrAsync(hold.Lost);
            if (!stop.IsGiven)
            {
                throw new CommandFailure(ExitCode.Error, "session expired");
            }
        }
    }
}
