namespace EtcdSharp.CommandLine.Help;

/// <summary>The <c>help</c> command that every program has.</summary>
internal static class HelpCommand
{
    public static Command Create(CommandProgram program) =>
        new("help [command]", "Help about any command")
        {
            Description =
                $"Help provides help for any command in the application.\nSimply type {program.Root.Name} help [path to command] for full details.",
            GroupId = program.HelpGroupId,
            Run = context => Task.FromResult(Show(program, context)),
        };

    private static int Show(CommandProgram program, CommandContext context)
    {
        var found = CommandSearch.Find(program, context.Arguments);
        if (found.Problem is null)
        {
            program.PrintHelp(found.Command, context.Streams);
            return ExitCode.Success;
        }

        var topics = string.Join(' ', context.Arguments.Select(static one => $"`{one}`"));
        context.Error.WriteLine($"Unknown help topic [{topics}]");
        context.Error.Write(HelpText.UsageOf(program.Root));
        return ExitCode.Success;
    }
}
