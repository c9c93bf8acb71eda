using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Grpc.Server;

/// <summary>
/// The methods of a server by their full names, and the stages in front of all of them. It knows no transport: every carrier of calls
/// finds its method here and runs it; see <see cref="GrpcServiceBuilder"/> for how to get one.
/// </summary>
public sealed partial class CallTable
{
    private readonly FrozenDictionary<string, ServerMethod> methods;
    private readonly FrozenSet<string> services;
    private readonly RunningStreams streams = new();
    private readonly CallStage[] stages;

    internal CallTable(Dictionary<string, ServerMethod> methods, GrpcServerOptions options)
    {
        this.methods = methods.ToFrozenDictionary(StringComparer.Ordinal);
        services = methods.Values.Select(static method => method.Service).ToFrozenSet(StringComparer.Ordinal);
        Options = options;
        stages = [new CallCounting(options.Metrics), new CallDeadlines(), streams, .. options.Stages];
        foreach (ServerMethod method in methods.Values)
        {
            method.Counters = options.Metrics.For(method.Service, method.Name, method.Kind);
        }
    }

    public GrpcServerOptions Options { get; }

    /// <summary>The full names of the services, sorted.</summary>
    public IReadOnlyList<string> Services => [.. services.Order(StringComparer.Ordinal)];

    internal IReadOnlyList<ServerMethod> Methods => methods.Values;

    /// <summary>In the order in which a call passes them.</summary>
    internal ReadOnlySpan<CallStage> Stages => stages;

    /// <summary>
    /// Ends every streaming call that runs with this status, and every one that comes later at once: streams last as long as their
    /// client likes, so a server that drains would wait for them in vain. Unary calls go on,
    /// but for those that were registered to end with the streams.
    /// </summary>
    public void EndStreams(GrpcStatus status) => streams.End(status);

    /// <summary>Ends the streaming calls that run now and for which <paramref name="which"/> says so, with this status.</summary>
    public void CancelStreams(Func<CallContext, bool> which, GrpcStatus status) => streams.Cancel(which, status);

    /// <summary>The method with that path, e.g. <c>/etcdserverpb.KV/Put</c>; null with the status that says so where there is none.</summary>
    internal ServerMethod? Find(string path, out GrpcStatus unknown)
    {
        unknown = methods.TryGetValue(path, out ServerMethod? method) ? default : Unknown(path);
        return method;
    }

    /// <summary>
    /// The entry for whoever has the bytes of a request and wants those of the answer, over whatever protocol: runs the method to its
    /// end and comes back with the status, which is the call's too. Nothing that goes wrong on the way is an exception.
    /// </summary>
    internal async ValueTask<GrpcStatus> InvokeAsync(string path, DirectCall call)
    {
        if (Find(path, out GrpcStatus unknown) is not { } method)
        {
            return call.Refuse(unknown);
        }

        call.Enter(method);
        await method.RunAsync(call).ConfigureAwait(false);
        return call.Status;
    }

    internal GrpcStatus Starting(CallContext call)
    {
        foreach (CallStage stage in stages)
        {
            GrpcStatus status = stage.Starting(call);
            if (!status.IsOk)
            {
                return status;
            }
        }

        return GrpcStatus.Ok;
    }

    internal ValueTask<GrpcStatus> AdmitAsync(CallContext call)
    {
        for (int i = 0; i < stages.Length; i++)
        {
            ValueTask<GrpcStatus> admitted = stages[i].AdmitAsync(call);
            if (!admitted.IsCompletedSuccessfully)
            {
                return AdmitSlowlyAsync(call, admitted, i);
            }

            GrpcStatus status = admitted.Result;
            if (!status.IsOk)
            {
                return new(status);
            }
        }

        return default;
    }

    internal void Finished(CallContext call, GrpcStatus status)
    {
        if (call.EndsWithStreams)
        {
            streams.Leave(call);
        }

        status = call.FinalStatus(status);
        for (int i = stages.Length - 1; i >= 0; i--)
        {
            stages[i].Finished(call, status);
        }

        call.Finish(status);
    }

    /// <summary>The status for what escaped a handler.</summary>
    internal GrpcStatus Failed(CallContext call, Exception failure)
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

    private async ValueTask<GrpcStatus> AdmitSlowlyAsync(CallContext call, ValueTask<GrpcStatus> first, int stage)
    {
        GrpcStatus status = await first.ConfigureAwait(false);
        for (int i = stage + 1; status.IsOk && i < stages.Length; i++)
        {
            status = await stages[i].AdmitAsync(call).ConfigureAwait(false);
        }

        return status;
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
