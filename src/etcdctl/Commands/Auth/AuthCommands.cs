using EtcdSharp.Api.Errors;
using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Auth;

internal static class AuthCommands
{
    private const string Root = "root";

    public static Command Create(GlobalFlags global) =>
        new Command("auth <enable or disable>", "Enable or disable authentication. Use `etcdctl auth --help` to see subcommands")
        {
            Description = "Enable or disable authentication",
            GroupId = CommandGroups.Authentication,
        }.Add(
            CallCommand.Create(
                global,
                "enable",
                "Enables authentication",
                0,
                "auth enable command does not accept any arguments",
                static (session, _) => EnableAsync(session)
            ),
            CallCommand.Create(
                global,
                "disable",
                "Disables authentication",
                0,
                "auth disable command does not accept any arguments",
                static async (session, _) =>
                {
                    await Session.CallAsync(() => session.Client.Auth.DisableAsync());
                    session.Context.Out.WriteLine("Authentication Disabled");
                }
            ),
            CallCommand.Create(
                global,
                "status",
                "Returns authentication status",
                0,
                "auth status command does not accept any arguments",
                static async (session, _) =>
                    session.Printer.AuthStatus(await Session.CallAsync(() => session.Client.Auth.StatusAsync()))
            )
        );

    /// <summary>Gives the user root the role root where that is all that is missing.</summary>
    private static async Task EnableAsync(Session session)
    {
        var auth = session.Client.Auth;
        await Session.CallAsync(async () =>
        {
            try
            {
                return await auth.EnableAsync();
            }
            catch (EtcdException refusal) when (refusal.Error == EtcdError.RootRoleNotExist)
            {
                await auth.AddRoleAsync(Root);
                await auth.GrantRoleAsync(Root, Root);
                return await auth.EnableAsync();
            }
        });
        session.Context.Out.WriteLine("Authentication Enabled");
    }
}
