using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace EtcdSharp.Grpc.Server;

/// <summary>
/// The metrics of a gRPC server, under the names they have in etcd. They are observed, not pushed: a call pays for
/// an interlocked addition each and for no tag list. A dispatcher that takes the place of another counts on with its metrics.
/// </summary>
internal sealed class GrpcServerMetrics
{
    private readonly ConcurrentDictionary<string, GrpcMethodCounters> methods = new(StringComparer.Ordinal);
    private long receivedBytes;
    private long sentBytes;

    /// <param name="meter">The server's own, so that two servers in a process count apart.</param>
    public GrpcServerMetrics(Meter meter)
    {
        HandlingSeconds = meter.CreateHistogram<double>(
            "grpc_server_handling_seconds",
            "s",
            "Time of calls from their first byte to their status."
        );
        meter.CreateObservableCounter(
            "grpc_server_started_total",
            () => PerMethod(static m => m.StartedCount),
            null,
            "Total number of RPCs started on the server."
        );
        meter.CreateObservableCounter(
            "grpc_server_handled_total",
            PerCode,
            null,
            "Total number of RPCs completed on the server, regardless of success or failure."
        );
        meter.CreateObservableCounter(
            "grpc_server_msg_received_total",
            () => PerMethod(static m => m.MessagesReceived),
            null,
            "Total number of RPC stream messages received on the server."
        );
        meter.CreateObservableCounter(
            "grpc_server_msg_sent_total",
            () => PerMethod(static m => m.MessagesSent),
            null,
            "Total number of gRPC stream messages sent by the server."
        );
        meter.CreateObservableCounter(
            "etcd_network_client_grpc_received_bytes_total",
            () => ReceivedBytes,
            null,
            "The total number of bytes received from grpc clients."
        );
        meter.CreateObservableCounter(
            "etcd_network_client_grpc_sent_bytes_total",
            () => SentBytes,
            null,
            "The total number of bytes sent to grpc clients."
        );
    }

    /// <summary>Where nobody collects metrics.</summary>
    public static GrpcServerMetrics Unheard { get; } = new(new Meter("Unheard"));

    /// <summary>Someone listens with <c>--metrics extensive</c> alone; without, no call is timed for it.</summary>
    public Histogram<double> HandlingSeconds { get; }

    public long ReceivedBytes => Volatile.Read(ref receivedBytes);

    public long SentBytes => Volatile.Read(ref sentBytes);

    public GrpcMethodCounters For(string service, string method, GrpcMethodKind kind) =>
        methods.GetOrAdd($"/{service}/{method}", _ => new GrpcMethodCounters(this, service, method, kind));

    public void AddReceivedBytes(int bytes) => Interlocked.Add(ref receivedBytes, bytes);

    public void AddSentBytes(int bytes) => Interlocked.Add(ref sentBytes, bytes);

    private IEnumerable<Measurement<long>> PerMethod(Func<GrpcMethodCounters, long> value)
    {
        foreach (GrpcMethodCounters counters in methods.Values)
        {
            yield return new(value(counters), counters.Tags);
        }
    }

    private IEnumerable<Measurement<long>> PerCode()
    {
        foreach (GrpcMethodCounters counters in methods.Values)
        {
            for (StatusCode code = StatusCode.OK; code <= StatusCode.Unauthenticated; code++)
            {
                yield return new(counters.HandledCount(code), [.. counters.Tags, new("grpc_code", CodeName(code))]);
            }
        }
    }

    /// <summary>grpc-go's spelling, which differs in one letter.</summary>
    private static string CodeName(StatusCode code) => code == StatusCode.Cancelled ? "Canceled" : code.ToString();
}
