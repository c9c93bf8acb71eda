using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Keys;

internal static class PutCommand
{
    private const string About = """

        Puts the given key into the store.

        When <value> begins with '-', <value> is interpreted as a flag.
        Insert '--' for workaround:

        $ put <key> -- <value>
        $ put -- <key> <value>

        If <value> isn't given as a command line argument and '--ignore-value' is not specified,
        this command tries to read the value from standard input.

        If <lease> isn't given as a command line argument and '--ignore-lease' is not specified,
        this command tries to read the value from standard input.

        For example,
        $ cat file | put <key>
        will store the content of the file to <key>.

        """;

    public static Command Create(GlobalFlags global)
    {
        var command = new Command(
            "put [options] <key> <value> (<value> can also be given from stdin)",
            "Puts the given key into the store"
        )
        {
            Description = About,
            GroupId = CommandGroups.Keys,
        };
        var arguments = new PutArguments(command.Flags);
        command.Run = context =>
        {
            var (key, value, options) = arguments.Read(context.Arguments, context.Streams.Input);
            return Session.RunAsync(
                global,
                context,
                async session =>
                {
                    var put = await Session.CallAsync(() => session.Client.Kv.PutAsync(key, value, options));
                    session.Printer.Put(put.Message);
                }
            );
        };
        return command;
    }
}
