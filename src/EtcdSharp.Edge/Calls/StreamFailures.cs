using EtcdSharp.Edge.Metrics;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Server;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Edge.Calls;

/// <summary>Streams that ended because a message of the client could not be read: told and counted. A client that goes away is none.</summary>
internal sealed partial class StreamFailures(MetricsCollector collector, ILogger logger)
{
    public void Finished(CallContext call, GrpcStatus status)
    {
        // A message that cannot be decoded, and one that is too large.
        if (status.Code is not (StatusCode.Internal or StatusCode.ResourceExhausted))
        {
            return;
        }

        var error = $"rpc error: code = {status.Code} desc = {status.Message}";
        switch (call.MethodName)
        {
            case "Watch":
                LogWatch(error);
                Count("watch");
                break;
            case "LeaseKeepAlive":
                LogLeaseKeepAlive(error);
                Count("lease-keepalive");
                break;
        }
    }

    private void Count(string api) =>
        collector.Series("etcd_network_server_stream_failures_total", new("Type", "receive"), new("API", api)).Add(1);

    [LoggerMessage(LogLevel.Warning, "failed to receive watch request from gRPC stream")]
    private partial void LogWatch(string error);

    [LoggerMessage(LogLevel.Warning, "failed to receive lease keepalive request from gRPC stream")]
    private partial void LogLeaseKeepAlive(string error);
}
