using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Keys;

internal static class DelCommand
{
    public static Command Create(GlobalFlags global)
    {
        var command = new Command(
            "del [options] <key> [range_end]",
            "Removes the specified key or range of keys [key, range_end)"
        )
        {
            GroupId = CommandGroups.Keys,
        };
        var arguments = new DelArguments(command.Flags);
        command.Run = async context =>
        {
            var (range, options) = await arguments.ReadAsync(context.Arguments, context.Error);
            return await Session.RunAsync(
                global,
                context,
                async session =>
                {
                    var deleted = await Session.CallAsync(() => session.Client.Kv.DeleteAsync(range, options));
                    session.Printer.Delete(deleted.Message);
                }
            );
        };
        return command;
    }
}
