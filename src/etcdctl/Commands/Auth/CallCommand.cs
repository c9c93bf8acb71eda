using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Auth;

/// <summary>A command with a fixed number of arguments that is one call.</summary>
internal static class CallCommand
{
    /// <param name="global">The global options.</param>
    /// <param name="use">How it is called.</param>
    /// <param name="summary">What it does.</param>
    /// <param name="arguments">How many arguments it takes.</param>
    /// <param name="refusal">What is said where there are more or fewer.</param>
    /// <param name="call">Makes the call and prints the answer.</param>
    public static Command Create(
        GlobalFlags global,
        string use,
        string summary,
        int arguments,
        string refusal,
        Func<Session, IReadOnlyList<string>, Task> call
    ) =>
        new(use, summary)
        {
            Run = context =>
                context.Arguments.Count == arguments
                    ? Session.RunAsync(global, context, session => call(session, context.Arguments))
                    : throw new CommandFailure(ExitCode.BadArguments, refusal),
        };
}
