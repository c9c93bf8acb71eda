using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Leases;

internal static class LeaseListCommand
{
    public static Command Create(GlobalFlags global) =>
        new("list", "List all active leases")
        {
            Run = context =>
                Session.RunAsync(
                    global,
                    context,
                    static async session =>
                    {
                        var leases = await Session.CallAsync(() => session.Patient.Lease.ListAsync(), ExitCode.BadConnection);
                        session.Printer.Leases(leases);
                    }
                ),
        };
}
