using System.Globalization;
using System.Text;

namespace EtcdSharp.Server.Configuration;

/// <summary>What <c>--help</c> prints: every flag with its default, under the headings that etcd uses.</summary>
internal static class HelpText
{
    public const string Usage = """
        Usage:

          etcd [flags]
            Start an etcd server.

          etcd --version
            Show the version of etcd.

          etcd -h | --help
            Show the help information about etcd.

          etcd --config-file
            Path to the server configuration file. Note that if a configuration file is provided, other command line flags and environment variables will be ignored.
        """;

    public static string Flags(FlagSet flags)
    {
        var text = new StringBuilder(Usage).Append('\n');
        foreach (var section in flags.All.GroupBy(flag => flag.Section))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{section.Key.Title}:\n");
            foreach (var flag in section)
            {
                var value = flag.Kind == FlagKind.Boolean && flag.Default == "false" ? "" : $" '{flag.Default}'";
                var support = flag.Support switch
                {
                    FlagSupport.NotBuilt => " (not built yet)",
                    FlagSupport.Accepted => " (accepted, without effect)",
                    _ => "",
                };
                text.Append(CultureInfo.InvariantCulture, $"  --{flag.Name}{value}\n    {flag.Help}{support}\n");
            }
        }

        return text.ToString();
    }
}
