using EtcdSharp.Platform.Logging;
using EtcdSharp.Platform.Text;

namespace EtcdSharp.Server.Configuration;

/// <summary>What the log says of values that are taken all the same, in etcd's words.</summary>
internal static class ConfigurationNotices
{
    /// <summary>Never below the default: the other members count on it.</summary>
    private static readonly Flag<TimeSpan>[] s_raised = [FlagTable.PeerReadTimeout, FlagTable.PeerWriteTimeout];

    public static IEnumerable<ConfigurationNotice> Of(FlagValues values)
    {
        var name = values.Text(FlagTable.Name);
        if (name == FlagTable.Name.Default)
        {
            yield return new ConfigurationNotice(
                Warning: true,
                "it isn't recommended to use default name, please set a value for --name. "
                    + "Note that etcd might run into issue when multiple members have the same default name",
                ("name", name)
            );
        }

        foreach (var flag in values.Given.Where(flag => flag.Warning is not null))
        {
            if (values.SourceOf(flag) is FlagSource.CommandLine or FlagSource.Environment)
            {
                yield return new ConfigurationNotice(Warning: true, flag.Warning!);
            }
        }

        if (values.Text(FlagTable.DataDirectory).Length == 0)
        {
            yield return new ConfigurationNotice(
                Warning: true,
                "'data-dir' was empty; using default",
                ("data-dir", MemberOptions.DataDirectoryOf(name))
            );
        }

        if (!values.IsGiven(FlagTable.ListenClientHttpUrls))
        {
            yield return new ConfigurationNotice(
                Warning: true,
                "Running http and grpc server on single port. This is not recommended for production."
            );
        }

        foreach (var flag in s_raised.Where(flag => FlagText.Duration(values.Text(flag)) < flag.DefaultValue))
        {
            yield return new ConfigurationNotice(
                Warning: false,
                $"{flag.Name} increased to minimum value: {GoDuration.Format(flag.DefaultValue)}"
            );
        }
    }
}
