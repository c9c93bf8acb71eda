using EtcdSharp.CommandLine.Completion;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.CommandLine.Help;

namespace EtcdSharp.CommandLine;

/// <summary>A program made of commands: finds the one that is called, parses its flags, runs it, tells what went wrong.</summary>
public sealed class CommandProgram(Command root)
{
    private bool prepared;

    public Command Root { get; } = root;

    /// <summary>The heading under which help lists the <c>help</c> command.</summary>
    public string? HelpGroupId { get; init; }

    /// <summary>The start of a name is enough where no other begins so.</summary>
    public bool MatchesPrefixes { get; init; } = true;

    /// <summary>Help shows the usage alone, without what a command is for.</summary>
    public bool HelpIsUsage { get; init; }

    /// <summary>Help ends with this line.</summary>
    public string? HelpEnd { get; init; }

    /// <summary>What is wrong with a call is told before and behind the usage.</summary>
    public bool RepeatsProblems { get; init; }

    /// <summary>Runs what the arguments call.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, ProgramStreams streams)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(streams);
        Prepare();
        try
        {
            var exitCode = await RunToEndAsync(arguments, streams);
            streams.Out.Flush();
            return exitCode;
        }
        catch (Exception failure) when (HostFailure.ExitCodeOf(failure) is not null)
        {
            return HostFailure.Tell(failure, streams);
        }
    }

    /// <summary>Prints what help says of a command.</summary>
    public void PrintHelp(Command command, ProgramStreams streams)
    {
        ArgumentNullException.ThrowIfNull(streams);
        AddHelpFlag(command);
        streams.Out.Write(HelpIsUsage ? HelpText.UsageOf(command) : HelpText.Of(command));
        if (HelpEnd is not null)
        {
            streams.Out.WriteLine(HelpEnd);
        }
    }

    /// <summary>Adds the <c>help</c> command, once.</summary>
    public void Prepare()
    {
        if (!prepared)
        {
            prepared = true;
            Root.Add(HelpCommand.Create(this));
            AddHelpFlag(Root);
        }
    }

    private async Task<int> RunToEndAsync(IReadOnlyList<string> arguments, ProgramStreams streams)
    {
        try
        {
            return arguments.Count > 0 && arguments[0] == Completer.Request
                ? Complete([.. arguments.Skip(1)], streams, this)
                : await DispatchAsync(arguments, streams);
        }
        catch (CommandFailure failure)
        {
            streams.Out.Flush();
            if (failure.Message.Length > 0)
            {
                streams.Error.WriteLine($"Error: {failure.Message}");
            }

            return failure.ExitCode;
        }
    }

    private async Task<int> DispatchAsync(IReadOnlyList<string> arguments, ProgramStreams streams)
    {
        var (command, rest, problem) = CommandSearch.Find(this, arguments);
        if (problem is not null)
        {
            return Refuse(problem, $"Run '{command.Path} --help' for usage.", streams);
        }

        AddHelpFlag(command);
        var parser = new FlagParser(command.AllFlags(), streams.Error);
        problem = command.TakesFlagsAsArguments ? null : parser.Parse(rest);
        if (problem is null && (command.Run is null || command.Flags.Find("help") is BoolFlag { Value: true }))
        {
            PrintHelp(command, streams);
            return ExitCode.Success;
        }

        var taken = command.TakesFlagsAsArguments ? rest : parser.Arguments;
        problem ??= command.CheckArguments?.Invoke(command, taken) ?? MissingFlags(command);
        if (problem is null)
        {
            return await command.Run!(new CommandContext(command, taken, arguments, streams));
        }

        return Refuse(problem, HelpText.UsageOf(command), streams);
    }

    private static string? MissingFlags(Command command)
    {
        var missing = command.LocalFlags().Where(static flag => flag is { Required: true, Changed: false }).ToList();
        return missing.Count == 0
            ? null
            : $"required flag(s) {string.Join(", ", missing.Select(static flag => $"\"{flag.Name}\""))} not set";
    }

    private static int Complete(IReadOnlyList<string> words, ProgramStreams streams, CommandProgram program)
    {
        var candidates = Completer.Complete(program, words);
        if (candidates.Problem is { } problem)
        {
            streams.Error.WriteLine($"[Debug] [Error] {problem}");
        }

        foreach (var line in candidates.Lines)
        {
            streams.Out.WriteLine(line);
        }

        streams.Out.WriteLine($":{(int)candidates.Directive}");
        streams.Out.Flush();
        streams.Error.WriteLine($"Completion ended with directive: ShellCompDirective{candidates.Directive}");
        return ExitCode.Success;
    }

    private int Refuse(string problem, string help, ProgramStreams streams)
    {
        streams.Error.WriteLine($"Error: {problem}");
        streams.Error.WriteLine(help);
        if (RepeatsProblems)
        {
            streams.Error.WriteLine($"Error: {problem}");
        }

        return ExitCode.Error;
    }

    internal static void AddHelpFlag(Command command)
    {
        if (command.Flags.Find("help") is null && !command.TakesFlagsAsArguments)
        {
            command.Flags.Bool("help", $"help for {command.Name}", shorthand: 'h');
        }
    }
}
