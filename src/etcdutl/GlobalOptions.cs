using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Programs.Etcdutl.Printing;

namespace EtcdSharp.Programs.Etcdutl;

/// <summary>The options that every command takes.</summary>
internal sealed class GlobalOptions
{
    private readonly DurationFlag _timeout;
    private readonly StringFlag _writeOut;

    public GlobalOptions(Command root)
    {
        _timeout = root.PersistentFlags.Duration(
            "timeout",
            TimeSpan.FromSeconds(10),
            "time to wait to obtain a file lock on db file, 0 to block indefinitely"
        );
        _writeOut = root.PersistentFlags.Add(
            new StringFlag("write-out", "simple", "set the output format (fields, json, protobuf, simple, table)")
            {
                Shorthand = 'w',
                ValidValues = ["fields", "json", "protobuf", "simple", "table"],
            }
        );
    }

    public TimeSpan LockTimeout => _timeout.Value;

    public ReportFormat Format =>
        _writeOut.Value switch
        {
            "simple" => ReportFormat.Simple,
            "fields" => ReportFormat.Fields,
            "json" => ReportFormat.Json,
            "table" => ReportFormat.Table,
            "protobuf" => ReportFormat.Protobuf,
            _ => throw new CommandFailure(ExitCode.BadFeature, "unsupported output format"),
        };
}
