using System.Globalization;
using System.Net.Http;
using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Checking;

/// <summary>What the metrics of the first endpoint say of its memory.</summary>
internal static class ServerMemory
{
    private const string Metric = "process_resident_memory_bytes";

    /// <summary>In bytes; null, and a line that says why, where that cannot be read.</summary>
    public static async Task<double?> ReadAsync(Session session, Output output)
    {
        var endpoint = session.Endpoints[0];
        var address = endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"http://{endpoint}";
        using var handler = new SocketsHttpHandler();
        if (TlsSettings.Read(session.Global) is { } tls)
        {
            handler.SslOptions = tls;
        }

        using var http = new HttpClient(handler) { Timeout = ConnectionSettings.Bounded(session.Global.CommandTimeout.Value) };
        string text;
        try
        {
            text = await http.GetStringAsync(new Uri($"{address}/metrics"));
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            output.WriteLine($"fetch error: {failure.Message}");
            return null;
        }

        var line = text.Split('\n').FirstOrDefault(static line => line.StartsWith(Metric + " ", StringComparison.Ordinal));
        if (line is null)
        {
            output.WriteLine($"could not find: {Metric}");
            return null;
        }

        return
            double.TryParse(line[Metric.Length..], NumberStyles.Float, CultureInfo.InvariantCulture, out var bytes) && bytes > 0
            ? bytes
            : null;
    }
}
