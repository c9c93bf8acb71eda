using EtcdSharp.Api.Health;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Server;
using ServingStatus = EtcdSharp.Api.Health.HealthCheckResponse.Types.ServingStatus;

namespace EtcdSharp.Grpc.Health;

/// <summary>
/// grpc.health.v1.Health: says of named services whether they serve. The name "" is the server as a whole and is known from the start.
/// </summary>
public sealed class HealthService
{
    private readonly Lock changing = new();
    private readonly Dictionary<string, ServingStatus> statuses = new(StringComparer.Ordinal)
    {
        [string.Empty] = ServingStatus.Serving,
    };

    /// <summary>Completed and replaced at every change, so that any number of watchers costs the writer one step.</summary>
    private TaskCompletionSource changed = NewSignal();

    /// <summary>Safe from any thread; watchers are told.</summary>
    public void Set(string service, bool serving)
    {
        TaskCompletionSource signal;
        lock (changing)
        {
            statuses[service] = serving ? ServingStatus.Serving : ServingStatus.NotServing;
            signal = changed;
            changed = NewSignal();
        }

        signal.SetResult();
    }

    public void AddTo(GrpcServiceBuilder services)
    {
        services.Unary(HealthMethods.Check, Check, CallRule.Anyone);
        services.Unary(HealthMethods.List, List, CallRule.Anyone);
        services.ServerStreaming(HealthMethods.Watch, WatchAsync, CallRule.Anyone);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ValueTask<GrpcResult<HealthCheckResponse>> Check(HealthCheckRequest request, CallContext call)
    {
        ServingStatus status = Read(request.Service, out _);
        return status == ServingStatus.ServiceUnknown
            ? new(new GrpcStatus(StatusCode.NotFound, "unknown service"))
            : new(new HealthCheckResponse { Status = status });
    }

    private ValueTask<GrpcResult<HealthListResponse>> List(HealthListRequest request, CallContext call)
    {
        HealthListResponse response = new();
        lock (changing)
        {
            foreach ((string service, ServingStatus status) in statuses)
            {
                response.Statuses.Add(service, new HealthCheckResponse { Status = status });
            }
        }

        return new(response);
    }

    private async ValueTask<GrpcStatus> WatchAsync(
        HealthCheckRequest request,
        GrpcStreamWriter<HealthCheckResponse> responses,
        CallContext call
    )
    {
        ServingStatus? told = null;
        while (true)
        {
            ServingStatus status = Read(request.Service, out Task next);
            if (status != told)
            {
                told = status;
                if (!await responses.WriteAsync(new HealthCheckResponse { Status = status }).ConfigureAwait(false))
                {
                    return new(StatusCode.Cancelled, "Stream has ended.");
                }
            }

            await next.WaitAsync(call.CancellationToken).ConfigureAwait(false);
        }
    }

    private ServingStatus Read(string service, out Task next)
    {
        lock (changing)
        {
            next = changed.Task;
            return statuses.TryGetValue(service, out ServingStatus status) ? status : ServingStatus.ServiceUnknown;
        }
    }
}
