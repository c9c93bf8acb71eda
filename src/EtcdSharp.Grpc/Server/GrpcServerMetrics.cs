using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace EtcdSharp.Grpc.Server;

/// <summary>
/// The metrics of all gRPC servers of this process, under the names they have in etcd. They are observed, not pushed: a call pays for
/// an interlocked addition each and for no tag list.
/// </summary>
internal static class GrpcServerMetrics
{
    public const string MeterName = "EtcdSharp.Grpc";

    private static readonly ConcurrentDictionary<string, GrpcMethodCounters> Methods = new(StringComparer.Ordinal);
    private static readonly Meter Meter = new(MeterName);

    /// <summary>Someone listens with <c>--metrics extensive</c> alone; without, no call is timed for it.</summary>
    public static readonly Histogram<double> HandlingSeconds = Meter.CreateHistogram<double>(
        "grpc_server_handling_seconds",
        "s",
        "Time of calls from their first byte to their status."
    );

    private static long receivedBytes;
    private static long sentBytes;

    static GrpcServerMetrics()
    {
        Meter.CreateObservableCounter(
            "grpc_server_started_total",
            () => PerMethod(static m => m.StartedCount),
            null,
            "Total number of RPCs started on the server."
        );
        Meter.CreateObservableCounter(
            "grpc_server_handled_total",
            PerCode,
            null,
            "Total number of RPCs completed on the server, regardless of success or failure."
        );
        Meter.CreateObservableCounter(
            "grpc_server_msg_received_total",
            () => PerMethod(static m => m.MessagesReceived),
            null,
            "Total number of RPC stream messages received on the server."
        );
        Meter.CreateObservableCounter(
            "grpc_server_msg_sent_total",
            () => PerMethod(static m => m.MessagesSent),
            null,
            "Total number of gRPC stream messages sent by the server."
        );
        Meter.CreateObservableCounter(
            "etcd_network_client_grpc_received_bytes_total",
            () => ReceivedBytes,
            null,
            "The total number of bytes received from grpc clients."
        );
        Meter.CreateObservableCounter(
            "etcd_network_client_grpc_sent_bytes_total",
            () => SentBytes,
            null,
            "The total number of bytes sent to grpc clients."
        );
    }

    public static long ReceivedBytes => Volatile.Read(ref receivedBytes);

    public static long SentBytes => Volatile.Read(ref sentBytes);

    public static GrpcMethodCounters For(string service, string method, GrpcMethodKind kind) =>
        Methods.GetOrAdd($"/{service}/{method}", _ => new GrpcMethodCounters(service, method, kind));

    public static void AddReceivedBytes(int bytes) => Interlocked.Add(ref receivedBytes, bytes);

    public static void AddSentBytes(int bytes) => Interlocked.Add(ref sentBytes, bytes);

    private static IEnumerable<Measurement<long>> PerMethod(Func<GrpcMethodCounters, long> value)
    {
        foreach (GrpcMethodCounters counters in Methods.Values)
        {
            yield return new(value(counters), counters.Tags);
        }
    }

    private static IEnumerable<Measurement<long>> PerCode()
    {
        foreach (GrpcMethodCounters counters in Methods.Values)
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
