using EtcdSharp.Api;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Programs.Etcdctl.Connection;
using EtcdSharp.Programs.Etcdctl.Printing;

namespace EtcdSharp.Programs.Etcdctl.Commands.Members;

internal static class MemberAddCommand
{
    public static Command Create(GlobalFlags global)
    {
        var command = new Command("add <memberName> [options]", "Adds a member into the cluster");
        var peerUrls = command.Flags.String("peer-urls", "", "comma separated peer URLs for the new member.");
        var learner = command.Flags.Bool("learner", "indicates if the new member is raft learner");
        command.Run = context => RunAsync(global, peerUrls, learner, context);
        return command;
    }

    private static Task<int> RunAsync(GlobalFlags global, StringFlag peerUrls, BoolFlag learner, CommandContext context)
    {
        if (context.Arguments.Count == 0)
        {
            throw new CommandFailure(ExitCode.BadArguments, "member name not provided");
        }

        if (context.Arguments.Count > 1)
        {
            var hints = context
                .Arguments.Where(static one => one.StartsWith("http", StringComparison.OrdinalIgnoreCase))
                .Select(static one => $", did you mean --peer-urls={one}");
            throw new CommandFailure(ExitCode.BadArguments, "too many arguments" + string.Concat(hints));
        }

        if (peerUrls.Value.Length == 0)
        {
            throw new CommandFailure(ExitCode.BadArguments, "member peer urls not provided");
        }

        return Session.RunAsync(
            global,
            context,
            async session =>
            {
                var urls = PeerUrls.Read(peerUrls.Value);
                var added = await Session.CallAsync(() => session.Client.Cluster.AddAsync(urls, learner.Value));
                session.Printer.MemberAdd(added);
                if (session.Printer is SimplePrinter)
                {
                    PrintSettings(context.Out, context.Arguments[0], peerUrls.Value, added);
                }
            }
        );
    }

    /// <summary>What the new member's environment must say.</summary>
    private static void PrintSettings(Output output, string name, string peerUrls, MemberAddResponse added)
    {
        var cluster = added.Members.SelectMany(member =>
            member.PeerURLs.Select(url => $"{(member.ID == added.Member.ID ? name : member.Name)}={url}")
        );
        output.WriteLine();
        output.WriteLine($"ETCD_NAME={GoQuote.Of(name)}");
        output.WriteLine($"ETCD_INITIAL_CLUSTER={GoQuote.Of(string.Join(',', cluster))}");
        output.WriteLine($"ETCD_INITIAL_ADVERTISE_PEER_URLS={GoQuote.Of(peerUrls)}");
        output.WriteLine("ETCD_INITIAL_CLUSTER_STATE=\"existing\"");
    }
}
