using System.Globalization;
using System.Text;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>docs/flags.md as the table of flags makes it.</summary>
internal static class FlagPage
{
    private const string Head = """
        # Flags

        *This page is made from the table of flags (`src/EtcdSharp.Server/Configuration/FlagTable.cs`) by a test; change the table.*

        Each flag is also a variable (`--data-dir` is `ETCD_DATA_DIR`) and, unless another one is named, a key of the configuration file
        by its own name (`data-dir: /var/lib/etcd`); keys with a slash are nested maps. [Run a member](run.md) says which of them counts.

        *Since* is the release of etcd that has the flag first, of the last three. *Option* is the property of `MemberOptions` for a member
        [inside your program](embed.md). A flag that is *not built yet* takes its default alone: anything else stops the start and is named.

        """;

    public static string Of(FlagSet flags)
    {
        var page = new StringBuilder(Head);
        var changing = flags.All.Where(flag => flag.ChangesWhileRunning).ToList();
        page.Append(
            changing.Count == 0
                ? "What is given at the start holds until the end: no flag takes another value while a member runs.\n"
                : $"While a member runs these take another value: {string.Join(", ", changing.Select(flag => $"`{flag}`"))}.\n"
        );
        foreach (var section in flags.All.GroupBy(flag => flag.Section))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {section.Key.Title}\n");
            page.Append("| flag | takes | default | since | option | |\n| --- | --- | --- | --- | --- | --- |\n");
            foreach (var flag in section)
            {
                page.Append(
                    CultureInfo.InvariantCulture,
                    $"| `{flag}` | {Takes(flag)} | {Code(flag.Default)} | {flag.Since} | {Option(flag)} | {Remarks(flag)} |\n"
                );
            }
        }

        return page.ToString();
    }

    private static string Takes(FlagDefinition flag) =>
        flag.Kind switch
        {
            FlagKind.Text => "words",
            FlagKind.Choice => string.Join(" or ", flag.Choices.Select(Code)),
            FlagKind.Choices => "some of " + string.Join(", ", flag.Choices.Select(Code)),
            FlagKind.Boolean => "`true` or `false`",
            FlagKind.Unsigned => "a number from 0",
            FlagKind.Unsigned32 => "a number from 0 below 2^32",
            FlagKind.Integer => "a number",
            FlagKind.Duration => "a duration",
            FlagKind.Urls => "URLs",
            FlagKind.Origins => "URLs or `*`",
            FlagKind.List => "a list of words",
            _ => "pairs of a name and `true` or `false`",
        };

    private static string Option(FlagDefinition flag) =>
        typeof(MemberOptions).GetProperty(flag.Option) is { } property ? Code(property.Name) : "";

    private static string Remarks(FlagDefinition flag)
    {
        List<string> remarks = [flag.Help];
        if (flag.Status != FlagStatus.Stable)
        {
            remarks.Add($"{flag.Status}.");
        }

        if (flag.Support != FlagSupport.Built)
        {
            remarks.Add(flag.Support == FlagSupport.NotBuilt ? "*Not built yet.*" : "*Accepted, without effect.*");
        }

        if (flag.KeyInFile != flag.Name)
        {
            remarks.Add(flag.KeyInFile.Length == 0 ? "No key in the file." : $"In the file: {Code(flag.KeyInFile)}.");
        }

        if (flag.FormerName is { } former)
        {
            remarks.Add($"Until etcd 3.6 also {Code("--" + former)}.");
        }

        return string.Join(' ', remarks).Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static string Code(string text) => text.Length == 0 ? "" : $"`{text}`";
}
