using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Offline;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Programs.Etcdutl.Commands;

internal static class BboltCheckCommand
{
    public static Command Create(GlobalOptions options)
    {
        var command = new Command("check <bbolt-file>", "verify integrity of bbolt database data")
        {
            CheckArguments = static (_, arguments) => BboltSource.ExactlyOne(arguments),
        };
        var fromPage = command.Flags.UInt64("from-page", 0, "check db integrity starting from the given page ID");
        command.Run = context =>
            BboltSource.Read(context.Arguments[0], options, (file, read) => Check(context, file, read, fromPage));
        return command;
    }

    private static int Check(CommandContext context, BoltFile file, BoltReadTransaction read, UInt64Flag fromPage)
    {
        var pages = (ulong)(file.SizeBytes / file.PageSize);
        List<string> found = fromPage.Value switch
        {
            0 => [.. read.Check().Select(BoltWords.Describe)],
            1 => [OutOfRange(1, pages)],
            var page when page >= pages => [OutOfRange(page, pages)],
            var page => [.. read.CheckFrom(page).Select(BoltWords.Describe)],
        };
        if (found.Count == 0)
        {
            context.Out.WriteLine("OK");
            return ExitCode.Success;
        }

        found.ForEach(context.Out.WriteLine);
        context.Out.WriteLine($"{found.Count} errors found");
        throw new CommandFailure(ExitCode.Error, "invalid value");
    }

    private static string OutOfRange(ulong page, ulong pages) => $"page ID ({page}) out of range [2, {pages})";
}
