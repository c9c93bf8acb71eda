using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Programs.Etcdctl.Connection;
using EtcdSharp.Programs.Etcdctl.Input;
using EtcdSharp.Programs.Etcdctl.Printing;

namespace EtcdSharp.Programs.Etcdctl.Commands.Leases;

internal static class LeaseKeepAliveCommand
{
    /// <summary>A lease is prolonged when a third of its time is over: two more tries fit in before it ends.</summary>
    private const int TriesPerTimeToLive = 3;

    public static Command Create(GlobalFlags global)
    {
        var command = new Command("keep-alive [options] <leaseID>", "Keeps leases alive (renew)");
        var once = command.Flags.Bool("once", "Resets the keep-alive time to its original value and cobrautl.Exits immediately");
        command.Run = context => RunAsync(global, once, context);
        return command;
    }

    private static Task<int> RunAsync(GlobalFlags global, BoolFlag once, CommandContext context)
    {
        if (context.Arguments.Count != 1)
        {
            throw new CommandFailure(ExitCode.BadArguments, "lease keep-alive command needs lease ID as argument");
        }

        var id = IdArguments.Lease(context.Arguments[0]);
        return Session.RunAsync(
            global,
            context,
            async session =>
            {
                if (once.Value)
                {
                    session.Printer.KeepAlive(await ProlongAsync(session, id));
                }
                else
                {
                    await KeepAsync(session, id);
                }
            }
        );
    }

    private static Task<LeaseKeepAliveResponse> ProlongAsync(Session session, long id) =>
        Session.CallAsync(() => session.Patient.Lease.KeepAliveOnceAsync(id), ExitCode.BadConnection);

    private static async Task KeepAsync(Session session, long id)
    {
        try
        {
            while (true)
            {
                var kept = await ProlongAsync(session, id);
                session.Printer.KeepAlive(kept);
                session.Context.Out.Flush();
                await Task.Delay(ConnectionSettings.Bounded(TimeSpan.FromSeconds(kept.TTL) / TriesPerTimeToLive));
            }
        }
        catch (CommandFailure failure)
            when (failure.InnerException is EtcdException known && known.Error == EtcdError.LeaseNotFound)
        {
            if (session.Printer is SimplePrinter)
            {
                session.Context.Out.WriteLine($"lease {id:x16} expired or revoked.");
            }
        }
    }
}
