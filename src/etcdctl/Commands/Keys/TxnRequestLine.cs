using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Programs.Etcdctl.Input;

namespace EtcdSharp.Programs.Etcdctl.Commands.Keys;

/// <summary>A request within a transaction: a line such as <c>put key "value" --prev-kv</c>.</summary>
internal static class TxnRequestLine
{
    private static readonly string[] s_commands = ["get", "put", "del"];

    public static async Task<Operation> ParseAsync(string line, Output error)
    {
        var words = InputLine.Split(line);
        if (words.Count < 2)
        {
            throw new CommandFailure(ExitCode.InvalidInput, $"invalid txn compare request: {line}");
        }

        var flags = new FlagSet();
        switch (Array.Find(s_commands, name => name.StartsWith(words[0], StringComparison.Ordinal)))
        {
            case "get":
                var get = new GetArguments(flags);
                var (found, getOptions) = get.Read(Arguments());
                return Operation.Get(found, getOptions);
            case "put":
                var put = new PutArguments(flags);
                var (key, value, putOptions) = put.Read(Arguments(), Stream.Null);
                return Operation.Put(key, value, putOptions);
            case "del":
                var del = new DelArguments(flags);
                var (deleted, deleteOptions) = await del.ReadAsync(Arguments(), error);
                return Operation.Delete(deleted, deleteOptions);
            default:
                throw Invalid(line);
        }

        IReadOnlyList<string> Arguments()
        {
            var parser = new FlagParser(flags, error);
            return parser.Parse(words[1..]) is null ? parser.Arguments : throw Invalid(line);
        }
    }

    private static CommandFailure Invalid(string line) => new(ExitCode.InvalidInput, $"invalid txn request: {line}");
}
