using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Input;

namespace EtcdSharp.Programs.Etcdctl.Commands.Members;

/// <summary>The one member that a command is about.</summary>
internal static class MemberArgument
{
    public static ulong Read(CommandContext context) =>
        context.Arguments.Count == 1
            ? IdArguments.Member(context.Arguments[0])
            : throw new CommandFailure(ExitCode.BadArguments, "member ID is not provided");
}
