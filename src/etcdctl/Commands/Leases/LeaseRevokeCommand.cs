using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;
using EtcdSharp.Programs.Etcdctl.Input;

namespace EtcdSharp.Programs.Etcdctl.Commands.Leases;

internal static class LeaseRevokeCommand
{
    public static Command Create(GlobalFlags global) =>
        new("revoke <leaseID>", "Revokes leases") { Run = context => RunAsync(global, context) };

    private static Task<int> RunAsync(GlobalFlags global, CommandContext context)
    {
        if (context.Arguments.Count != 1)
        {
            throw new CommandFailure(ExitCode.BadArguments, "lease revoke command needs 1 argument");
        }

        var id = IdArguments.Lease(context.Arguments[0]);
        return Session.RunAsync(
            global,
            context,
            async session =>
            {
                var revoked = await Session.CallAsync(
                    () => session.Client.Lease.RevokeAsync(id),
                    wrap: static message => $"failed to revoke lease ({message})"
                );
                session.Printer.Revoke(id, revoked);
            }
        );
    }
}
