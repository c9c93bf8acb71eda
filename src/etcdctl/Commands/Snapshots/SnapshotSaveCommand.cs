using System.Diagnostics;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Snapshots;

internal static class SnapshotSaveCommand
{
    private const string Caller = "snapshot/save";

    public static Command Create(GlobalFlags global) =>
        new("save <filename>", "Stores an etcd node backend snapshot to a given file")
        {
            Examples = SnapshotCommands.Examples,
            Run = context =>
                context.Arguments is [var path]
                    ? Session.RunAsync(global, context, session => SaveAsync(session, path))
                    : throw new CommandFailure(ExitCode.BadArguments, "snapshot save expects one argument <filename>"),
        };

    private static async Task SaveAsync(Session session, string path)
    {
        if (session.Endpoints.Count != 1)
        {
            throw new CommandFailure(
                ExitCode.Interrupted,
                $"snapshot must be requested to one selected node, not multiple [{string.Join(' ', session.Endpoints)}]"
            );
        }

        using var limit = new CancellationTokenSource();
        if (session.Global.CommandTimeout.Changed)
        {
            limit.CancelAfter(ConnectionSettings.Bounded(session.Global.CommandTimeout.Value));
        }

        var (streams, started) = (session.Context.Streams, Stopwatch.GetTimestamp());
        using var part = SnapshotPart.Create(path);
        streams.Error.WriteLine(LogLine.Of("info", Caller, "created temporary db file", ("path", part.Path)));
        streams.Error.WriteLine(LogLine.Of("info", Caller, "fetching snapshot", ("endpoint", session.Endpoints[0])));
        var version = await Session.CallAsync(
            async () =>
            {
                var told = "";
                await foreach (var piece in session.Patient.Maintenance.SnapshotAsync(null, limit.Token))
                {
                    told = piece.Version.Length > 0 ? piece.Version : told;
                    part.Append(piece.Blob.Span);
                }

                return told;
            },
            ExitCode.Interrupted
        );
        part.CheckHash();
        streams.Error.WriteLine(
            LogLine.Of(
                "info",
                Caller,
                "fetched snapshot",
                ("endpoint", session.Endpoints[0]),
                ("size", HumanSize.Of(part.Length)),
                ("took", GoDuration.Of(Stopwatch.GetElapsedTime(started))),
                ("etcd-version", version)
            )
        );
        part.Complete();
        streams.Error.WriteLine(LogLine.Of("info", Caller, "saved", ("path", path)));
        streams.Out.WriteLine($"Snapshot saved at {path}");
        if (version.Length > 0)
        {
            streams.Out.WriteLine($"Server version {version}");
        }
    }
}
