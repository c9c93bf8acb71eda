using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Programs.Etcdctl.Connection;
using EtcdSharp.Programs.Etcdctl.Input;

namespace EtcdSharp.Programs.Etcdctl.Commands.Watching;

/// <summary>Reads lines that begin watches or ask how far they are, until the input ends.</summary>
internal sealed class InteractiveWatch(Session session, IReadOnlyList<string> fromEnvironment)
{
    private readonly Output error = session.Context.Error;

    /// <summary>A watch has failed, or its program has, which ends everything.</summary>
    private readonly TaskCompletionSource<Exception> broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task RunAsync()
    {
        var lines = new InputLines(session.Context.Streams.Input);
        while (true)
        {
            // Reading a terminal cannot be awaited; the watches must go on meanwhile.
            var reading = Task.Run(lines.Read);
            if (await Task.WhenAny(reading, broken.Task) == broken.Task)
            {
                throw await broken.Task;
            }

            var line = await reading ?? throw new CommandFailure(ExitCode.InvalidInput, "error reading watch request line: EOF");
            Take(line, InputLine.Split(line));
        }
    }

    private void Take(string line, List<string> words)
    {
        switch (words)
        {
            case []:
                error.WriteLine($"Invalid command: {line} (watch and progress supported)");
                break;
            case [WatchCommand.Name] when fromEnvironment.Count == 0:
                error.WriteLine($"Invalid command {line} (command type or key is not provided)");
                break;
            case [WatchCommand.Name, ..]:
                Watch(line, words[1..]);
                break;
            case ["progress", ..]:
                session.Patient.WithRequiredLeader().Watch.RequestProgress();
                break;
            default:
                error.WriteLine($"Invalid command {line} (only support watch)");
                break;
        }
    }

    private void Watch(string line, List<string> words)
    {
        var set = new FlagSet();
        var flags = new WatchFlags(set);
        var parser = new FlagParser(set, error);
        if (parser.Parse(words) is { } problem)
        {
            throw new CommandFailure(ExitCode.BadArguments, problem);
        }

        var target = WatchTarget.Read(words, parser.Arguments, fromEnvironment);
        if (target.Range(flags.Prefix.Value) is { } range)
        {
            _ = PrintAsync(new EventPrinter(session, target.Program), range, flags.ToOptions());
        }
        else
        {
            error.WriteLine($"Invalid command {line} ({WatchTarget.TwoEnds})");
        }
    }

    private async Task PrintAsync(EventPrinter printer, KeyRange range, WatchOptions options)
    {
        var printing = printer.PrintAsync(range, options);
        await printing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (printing.Exception?.InnerException is { } failure)
        {
            broken.TrySetResult(failure);
        }
    }
}
