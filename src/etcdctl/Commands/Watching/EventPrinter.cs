using EtcdSharp.Api;
using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Watching;

/// <summary>Prints what a watch tells, and runs a program at each event.</summary>
internal sealed class EventPrinter(Session session, IReadOnlyList<string> program)
{
    private readonly Output output = session.Context.Out;

    /// <summary>Returns when the server has ended the watch.</summary>
    public async Task PrintAsync(KeyRange range, WatchOptions options)
    {
        try
        {
            var watch = session.Patient.WithRequiredLeader().Watch;
            await using var watcher = await watch.OpenAsync(range, options);
            await foreach (var batch in watcher.ReadAllAsync())
            {
                await PrintAsync(batch);
            }
        }
        catch (EtcdException failure)
        {
            session.Context.Error.WriteLine($"watch was canceled ({FailureText.Of(failure)})");
            session.Printer.Watch(
                new WatchResponse
                {
                    Header = failure.Header,
                    Canceled = true,
                    CompactRevision = failure.CompactRevision,
                }
            );
            output.Flush();
        }
    }

    private async Task PrintAsync(WatchBatch batch)
    {
        if (batch.IsProgress)
        {
            output.WriteLine($"progress notify: {batch.Header.Revision}");
        }

        var response = new WatchResponse { Header = batch.Header };
        response.Events.AddRange(batch.Events.Select(static one => one.Message));
        session.Printer.Watch(response);
        output.Flush();
        if (program.Count > 0)
        {
            foreach (var one in batch.Events)
            {
                await EventProgram.RunAsync(program, batch.Header, one, session.Context.Error);
            }
        }
    }
}
