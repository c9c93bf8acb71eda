using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Programs.Etcdctl.Connection;
using EtcdSharp.Programs.Etcdctl.Input;

namespace EtcdSharp.Programs.Etcdctl.Commands.Keys;

internal static class TxnCommand
{
    private const string About = """
        Txn reads multiple etcd requests from standard input and applies them as a single atomic transaction.

        A transaction consists of three components:
        1) a list of conditions,
        2) a list of requests to apply if all the conditions are true,
        3) a list of requests to apply if any condition is false.

        Example interactive stdin usage:

        ---
        etcdctl txn -i
        # compares:
        mod("key1") > "0"

        # success requests (get, put, delete):
        put key1 "overwrote-key1"

        # failure requests (get, put, delete):
        put key1 "created-key1"
        put key2 "some extra key"
        ---

        Refer to https://github.com/etcd-io/etcd/blob/main/etcdctl/README.md#txn-options.
        """;

    public static Command Create(GlobalFlags global)
    {
        var command = new Command("txn [options]", "Txn processes all the requests in one transaction")
        {
            Description = About,
            GroupId = CommandGroups.Keys,
        };
        var interactive = command.Flags.Bool("interactive", "Input transaction in interactive mode", shorthand: 'i');
        command.Run = context => RunAsync(global, interactive, context);
        return command;
    }

    private static Task<int> RunAsync(GlobalFlags global, BoolFlag interactive, CommandContext context)
    {
        if (context.Arguments.Count != 0)
        {
            throw new CommandFailure(ExitCode.BadArguments, "txn command does not accept argument");
        }

        return Session.RunAsync(
            global,
            context,
            async session =>
            {
                var transaction = await ReadAsync(interactive.Value, context);
                var done = await Session.CallAsync(() => session.Patient.Kv.CommitAsync(transaction));
                session.Printer.Transaction(done.Message);
            }
        );
    }

    private static async Task<Transaction> ReadAsync(bool prompts, CommandContext context)
    {
        var lines = new InputLines(context.Streams.Input);
        var transaction = new Transaction();
        foreach (var line in Section("compares:"))
        {
            transaction.If(TxnComparison.Parse(line));
        }

        foreach (var line in Section("success requests (get, put, del):"))
        {
            transaction.Then(await TxnRequestLine.ParseAsync(line, context.Error));
        }

        foreach (var line in Section("failure requests (get, put, del):"))
        {
            transaction.Else(await TxnRequestLine.ParseAsync(line, context.Error));
        }

        return transaction;

        // Lines up to an empty one.
        IEnumerable<string> Section(string prompt)
        {
            if (prompts)
            {
                context.Out.WriteLine(prompt);
                context.Out.Flush();
            }

            while (true)
            {
                var line = lines.Read()?.Trim() ?? throw new CommandFailure(ExitCode.InvalidInput, "EOF");
                if (line.Length == 0)
                {
                    yield break;
                }

                yield return line;
            }
        }
    }
}
