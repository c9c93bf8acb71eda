using EtcdSharp.Grpc.Health;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Edge.Grpc;

/// <summary>
/// What grpc.health.v1.Health says of the member as a whole. With the feature gate StopGRPCServiceOnDefrag clients that look at it go to
/// other members while this one defragments its file.
/// </summary>
internal sealed class ServingStatus(HealthService health, bool stopsForDefragmentation, ILogger<ServingStatus> logger)
{
    /// <summary>The name that stands for all services.</summary>
    private const string AllServices = "";

    public void Serve()
    {
        MaintenanceLog.Serving(logger, AllServices, "SERVING");
        health.Set(AllServices, serving: true);
    }

    public void DefragmentationStarted()
    {
        if (stopsForDefragmentation)
        {
            MaintenanceLog.NotServing(logger, AllServices, "NOT_SERVING", "defrag is active");
            health.Set(AllServices, serving: false);
        }
    }

    public void DefragmentationFinished() => Serve();
}
