using System.Globalization;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Programs.Etcdutl.Commands;

internal static class BboltDumpCommand
{
    private const int BytesPerLine = 16;
    private const int BytesPerGroup = 2;

    public static Command Create() =>
        new("dump <bbolt-file> pageid [pageid...]", "prints a hexadecimal dump of one or more pages of bbolt database.")
        {
            CheckArguments = static (_, arguments) =>
                arguments.Count >= 2 ? null : $"requires at least 2 arg(s), only received {arguments.Count}",
            Run = static context => Task.FromResult(Run(context)),
        };

    private static int Run(CommandContext context)
    {
        var path = context.Arguments[0];
        var pages = context.Arguments.Skip(1).Where(text => text.Length > 0).Select(PageId).ToList();
        if (pages.Count == 0)
        {
            throw new CommandFailure(ExitCode.Error, "page id required");
        }

        BboltSource.RequireFile(path);
        try
        {
            // Without a lock, and the pages as they lie there: a dump is for files that nothing else opens any more.
            using var file = SystemDisk.Instance.Open(path, DiskOpen.ReadExisting);
            var page = new byte[BoltOpening.PageSizeOf(file)];
            for (var i = 0; i < pages.Count; i++)
            {
                if (i > 0)
                {
                    context.Out.WriteLine("===============================================");
                }

                Dump(context.Out, file, pages[i], page);
            }

            return ExitCode.Success;
        }
        catch (IOException failure)
        {
            throw new CommandFailure(ExitCode.Error, failure.Message, failure);
        }
    }

    private static ulong PageId(string text)
    {
        var problem = GoInteger.ParseUnsigned(text, 10, out var page);
        return problem is null ? page : throw new CommandFailure(ExitCode.Error, problem);
    }

    private static void Dump(Output output, IDiskFile file, ulong pageId, byte[] page)
    {
        if (pageId > (ulong)(file.Length / page.Length) || file.ReadAt((long)pageId * page.Length, page) < page.Length)
        {
            throw new CommandFailure(ExitCode.Error, $"EOF: page {pageId} lies behind the end of {file.Path}");
        }

        var start = (long)pageId * page.Length;
        var skipping = false;
        for (var offset = 0; offset < page.Length; offset += BytesPerLine)
        {
            var line = page.AsSpan(offset, BytesPerLine);
            var isLast = offset == page.Length - BytesPerLine;
            if (offset > 0 && !isLast && line.SequenceEqual(page.AsSpan(offset - BytesPerLine, BytesPerLine)))
            {
                if (!skipping)
                {
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{start + offset:x7} *"));
                }

                skipping = true;
                continue;
            }

            skipping = false;
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{start + offset:x7}"));
            for (var group = 0; group < BytesPerLine; group += BytesPerGroup)
            {
                output.Write(" " + Convert.ToHexStringLower(line.Slice(group, BytesPerGroup)));
            }

            output.WriteLine();
        }

        output.WriteLine();
    }
}
