using EtcdSharp.Api;
using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Concurrency;

internal static class ElectCommand
{
    /// <summary>What etcd's client keeps a candidate for after it was last heard of.</summary>
    private static readonly TimeSpan s_sessionTtl = TimeSpan.FromSeconds(60);

    public static Command Create(GlobalFlags global)
    {
        var command = new Command("elect <election-name> [proposal]", "Observes and participates in leader election")
        {
            GroupId = CommandGroups.Concurrency,
        };
        var listen = command.Flags.Bool("listen", "observation mode", shorthand: 'l');
        command.Run = context =>
        {
            var arguments = context.Arguments;
            var problem = arguments.Count switch
            {
                1 when !listen.Value => "no proposal argument but -l not set",
                2 when listen.Value => "proposal given but -l is set",
                1 or 2 => null,
                _ => "elect takes one election name argument and an optional proposal argument",
            };
            if (problem is not null)
            {
                throw new CommandFailure(ExitCode.BadArguments, problem);
            }

            return Session.RunAsync(
                global,
                context,
                session =>
                    arguments.Count == 1
                        ? ObserveAsync(session, arguments[0])
                        : CampaignAsync(session, arguments[0], RawText.ToBytes(arguments[1]))
            );
        };
        return command;
    }

    private static async Task ObserveAsync(Session session, string name)
    {
        var stop = new StopSignal();
        var election = new Election(session.Patient, name);
        try
        {
            await Session.CallAsync(async () =>
            {
                await foreach (var leader in election.ObserveAsync(stop.Token))
                {
                    var seen = await session.Patient.Kv.GetAsync(leader.Key, null, stop.Token);
                    var shown = new RangeResponse { Header = seen.Header, Count = 1 };
                    shown.Kvs.Add(leader.Message);
                    session.Printer.Get(shown);
                    session.Context.Out.Flush();
                }

                return 0;
            });
        }
        catch (CommandFailure) when (stop.IsGiven)
        {
            // The signal is how an observer is told to end.
            return;
        }
    }

    private static async Task CampaignAsync(Session session, string name, EtcdBytes proposal)
    {
        var stop = new StopSignal();
        await using var lease = await Session.CallAsync(() => session.Patient.Lease.HoldAsync(s_sessionTtl, stop.Token));
        Leadership leadership;
        try
        {
            leadership = await Session.CallAsync(() =>
                new Election(session.Patient, name).CampaignAsync(lease, proposal, stop.Token)
            );
        }
        catch (CommandFailure failure) when (stop.IsGiven)
        {
            throw new CommandFailure(ExitCode.Error, "context canceled", failure);
        }

        await using (leadership)
        {
            var own = await Session.CallAsync(() => session.Patient.Kv.GetAsync(leadership.Key));
            session.Printer.Get(own.Message);
            session.Context.Out.Flush();
            await stop.OrAsync(leadership.Lost);
            if (!stop.IsGiven)
            {
                throw new CommandFailure(ExitCode.Error, "elect: session expired");
            }
        }
    }
}
