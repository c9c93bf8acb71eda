using System.Globalization;
using EtcdSharp.CommandLine;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Programs.Etcdutl.Commands;

internal static class BboltPagesCommand
{
    public static Command Create(GlobalOptions options) =>
        new("pages <bbolt-file>", "print a list of pages in bbolt database")
        {
            Description =
                "Lists the pages with what each is used for (meta, leaf, branch, freelist, free), how many elements it has,\n"
                + "and how many further pages belong to it because its elements do not fit into one.",
            CheckArguments = static (_, arguments) => BboltSource.ExactlyOne(arguments),
            Run = context => BboltSource.Read(context.Arguments[0], options, (_, read) => Print(context.Out, read)),
        };

    private static int Print(Output output, BoltReadTransaction read)
    {
        output.WriteLine("ID       TYPE       ITEMS  OVRFLW");
        output.WriteLine("======== ========== ====== ======");
        foreach (var page in read.Pages())
        {
            var isFree = page.Kind == BoltPageKind.Free;
            var items = isFree ? "" : page.ElementCount.ToString(CultureInfo.InvariantCulture);
            var overflow = page.OverflowCount == 0 ? "" : page.OverflowCount.ToString(CultureInfo.InvariantCulture);
            var kind = page.Kind.ToString().ToLowerInvariant();
            output.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{page.PageId, -8} {kind, -10} {items, -6} {overflow, -6}")
            );
        }

        return ExitCode.Success;
    }
}
