using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Grpc.Server;

/// <summary>
/// Finds the method of a request by its path and runs it. It works on the features of a Kestrel request directly; see
/// <see cref="GrpcServiceBuilder"/> for how to get one.
/// </summary>
public sealed partial class GrpcDispatcher
{
    private readonly FrozenDictionary<string, ServerMethod> methods;
    private readonly FrozenSet<string> services;
    private readonly RunningStreams streams = new();
    private readonly GrpcServerMetrics metrics;

    internal GrpcDispatcher(Dictionary<string, ServerMethod> methods, GrpcServerOptions options)
    {
        this.methods = methods.ToFrozenDictionary(StringComparer.Ordinal);
        services = methods.Values.Select(static method => method.Service).ToFrozenSet(StringComparer.Ordinal);
        Options = options;
        Interceptors = [.. options.Interceptors];
        metrics = options.Metrics;
        foreach (ServerMethod method in methods.Values)
        {
            method.Counters = metrics.For(method.Service, method.Name, method.Kind);
        }
    }

    public GrpcServerOptions Options { get; }

    /// <summary>The full names of the services, sorted.</summary>
    public IReadOnlyList<string> Services => [.. services.Order(StringComparer.Ordinal)];

    internal GrpcInterceptor[] Interceptors { get; }

    /// <summary>A call object to be used again and again for the requests of one stream slot.</summary>
    public GrpcServerCall NewCall() => new(this);

    /// <summary>Serves one request. <paramref name="call"/> comes from <see cref="NewCall"/> and serves one request at a time.</summary>
    public Task InvokeAsync(GrpcServerCall call, IFeatureCollection request)
    {
        if (!call.TryStart(request))
        {
            return Task.CompletedTask;
        }

        if (!methods.TryGetValue(call.Path, out ServerMethod? method))
        {
            call.Respond(Unknown(call.Path));
            return Task.CompletedTask;
        }

        GrpcStatus bound = call.Bind(method);
        if (!bound.IsOk)
        {
            call.Respond(bound);
            return Task.CompletedTask;
        }

        return method.RunAsync(call);
    }

    /// <summary>
    /// Ends every streaming call that runs with this status, and every one that comes later at once: streams last as long as their
    /// client likes, so a server that drains would wait for them in vain. Unary calls go on,
    /// but for those that were registered to end with the streams.
    /// </summary>
    public void EndStreams(GrpcStatus status) => streams.End(status);

    /// <summary>Ends the streaming calls that run now and for which <paramref name="which"/> says so, with this status.</summary>
    public void CancelStreams(Func<GrpcServerCall, bool> which, GrpcStatus status) => streams.Cancel(which, status);

    internal GrpcStatus Starting(GrpcServerCall call)
    {
        call.Counters.Started();
        if (call.IsTooLate)
        {
            return call.CancelledStatus();
        }

        if (call.EndsWithStreams && streams.Enter(call) is { IsOk: false } closed)
        {
            return closed;
        }

        foreach (GrpcInterceptor interceptor in Interceptors)
        {
            GrpcStatus status = interceptor.Starting(call);
            if (!status.IsOk)
            {
                return status;
            }
        }

        return GrpcStatus.Ok;
    }

    internal void Finished(GrpcServerCall call, GrpcStatus status)
    {
        if (call.EndsWithStreams)
        {
            streams.Leave(call);
        }

        status = call.FinalStatus(status);
        call.Counters.Handled(status.Code);
        if (metrics.HandlingSeconds.Enabled)
        {
            call.Counters.Took(Stopwatch.GetElapsedTime(call.StartTimestamp));
        }

        for (int i = Interceptors.Length - 1; i >= 0; i--)
        {
            Interceptors[i].Finished(call, status);
        }

        call.Finish(status);
    }

    /// <summary>The status for what escaped a handler.</summary>
    internal GrpcStatus Failed(GrpcServerCall call, Exception failure)
    {
        switch (failure)
        {
            case GrpcStatusException refused:
                return refused.Status;
            case OperationCanceledException:
            case IOException:
                return call.CancelledStatus();
            default:
                LogHandlerFailed(Options.Logger, call.Path, failure);
                return new(StatusCode.Unknown, $"unexpected failure in {call.Path}: {failure.GetType().Name}");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the handler of {Path} failed unexpectedly")]
    private static partial void LogHandlerFailed(ILogger logger, string path, Exception failure);

    private GrpcStatus Unknown(string path)
    {
        int slash = path.LastIndexOf('/');
        if (slash < 1)
        {
            return new(StatusCode.Unimplemented, $"malformed method name: \"{path}\"");
        }

        string service = path[1..slash];
        string method = path[(slash + 1)..];
        return new(
            StatusCode.Unimplemented,
            services.Contains(service) ? $"unknown method {method} for service {service}" : $"unknown service {service}"
        );
    }
}
