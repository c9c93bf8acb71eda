using EtcdSharp.Cluster.Clients;

namespace EtcdSharp.Cluster;

/// <summary>Everything that is known about an episode that failed, in one file.</summary>
internal static class FailureReport
{
    private const string FolderVariable = "ETCDSHARP_CLUSTER_FAILURES";

    /// <returns>The path of the file.</returns>
    public static string Write(
        EpisodeOptions options,
        History history,
        IReadOnlyList<WatchLoop> watches,
        EtcdCluster cluster,
        Exception failure
    )
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named ? named : Path.GetTempPath();
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"cluster-failure-{options.Seed}-{DateTime.UtcNow:HHmmss}.txt");
        using var file = new StreamWriter(path);
        file.WriteLine(failure);
        file.WriteLine(
            $"\nseed {options.Seed}, members {string.Join(',', options.Kinds)}, heartbeat {options.HeartbeatMs} ms, election {options.ElectionMs} ms"
        );
        file.WriteLine($"faults: {string.Join(", ", options.Faults)}");
        file.WriteLine("\n==== what happened, by the time it began");
        var lines = history
            .Notes.Select(note => (note.At, Text: $"{note.At / 1e9, 10:F4}s ---- {note.Text}"))
            .Concat(history.Calls.Select(call => (At: call.InvokedAt, Text: call.ToString())))
            .Concat(
                history.Promises.Select(promise => (At: promise.InvokedAt, Text: $"{promise.InvokedAt / 1e9, 10:F4}s {promise}"))
            )
            .OrderBy(line => line.At);
        foreach (var (_, text) in lines)
        {
            file.WriteLine(text);
        }

        foreach (var watch in watches)
        {
            file.WriteLine("\n==== a watch");
            foreach (var one in watch.Deliveries)
            {
                var events = string.Join(
                    ' ',
                    one.Events.Select(change => $"{change.Type}:{change.Kv.Key.ToStringUtf8()}@{change.Kv.ModRevision}")
                );
                file.WriteLine(
                    $"{one.ArrivedAt / 1e9, 10:F4}s {one.Member} header {one.Revision}{(one.IsCanceled ? " canceled" : "")} {events}"
                );
            }
        }

        file.WriteLine("\n==== what the members printed");
        file.WriteLine(cluster.Output());
        return path;
    }
}
