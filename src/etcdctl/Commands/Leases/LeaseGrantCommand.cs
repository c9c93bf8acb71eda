using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Leases;

internal static class LeaseGrantCommand
{
    /// <summary>Far beyond what a server grants, and within what a time can be.</summary>
    private const long SecondsMax = 100_000_000_000;

    public static Command Create(GlobalFlags global) =>
        new("grant <ttl>", "Creates leases") { Run = context => RunAsync(global, context) };

    private static Task<int> RunAsync(GlobalFlags global, CommandContext context)
    {
        if (context.Arguments.Count != 1)
        {
            throw new CommandFailure(ExitCode.BadArguments, "lease grant command needs TTL argument");
        }

        if (GoInteger.ParseSigned(context.Arguments[0], 10, out var seconds) is { } problem)
        {
            throw new CommandFailure(ExitCode.BadArguments, $"bad TTL ({problem})");
        }

        var timeToLive = TimeSpan.FromSeconds(Math.Clamp(seconds, -SecondsMax, SecondsMax));
        return Session.RunAsync(
            global,
            context,
            async session =>
            {
                var granted = await Session.CallAsync(
                    () => session.Client.Lease.GrantAsync(timeToLive),
                    wrap: static message => $"failed to grant lease ({message})"
                );
                session.Printer.Grant(granted);
            }
        );
    }
}
