using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Node;
using EtcdSharp.Replica.Auth;

namespace EtcdSharp.Edge.Calls;

/// <summary>
/// Who makes a call, by the token in its headers, and whether such a caller may make it at all. While authentication is
/// off nobody is asked, and a token that comes along is not looked at.
/// </summary>
internal sealed class Authentication(AuthStore auth, ITokens tokens, IReplicatedLog log, TimeSpan requestTimeout)
{
    private const string TokenHeader = "token";
    private const string HttpTokenHeader = "authorization";
    private const string BearerPrefix = "Bearer ";

    public AuthView View => auth.View;

    /// <summary>The caller that <see cref="Named{TRequest,TResponse}"/> has found; null for none.</summary>
    public static Caller? CallerOf(GrpcServerCall call) => call.State as Caller;

    /// <summary>Whether what a caller was permitted by a view is still so.</summary>
    public bool IsStill(AuthView view, Caller? caller) => caller is null || View.Revision == view.Revision;

    /// <summary>The handler gets to know its caller, and decides what a call without one may do.</summary>
    public UnaryHandler<TRequest, TResponse> Named<TRequest, TResponse>(UnaryHandler<TRequest, TResponse> handler) =>
        Guarded(handler, static (_, _) => null);

    /// <summary>Any user may call, but nobody without a token.</summary>
    public UnaryHandler<TRequest, TResponse> ForUsers<TRequest, TResponse>(UnaryHandler<TRequest, TResponse> handler) =>
        Guarded(handler, static (_, caller) => caller is null ? EtcdError.UserEmpty : null);

    /// <summary>Only users with the root role may call.</summary>
    public UnaryHandler<TRequest, TResponse> ForAdmins<TRequest, TResponse>(UnaryHandler<TRequest, TResponse> handler) =>
        Guarded(handler, static (view, caller) => view.CheckAdmin(caller));

    public ServerStreamingHandler<TRequest, TResponse> ForAdmins<TRequest, TResponse>(
        ServerStreamingHandler<TRequest, TResponse> handler
    )
    {
        return (request, responses, call) =>
            View.IsEnabled ? CheckAsync(request, responses, call) : handler(request, responses, call);

        async ValueTask<GrpcStatus> CheckAsync(TRequest request, GrpcStreamWriter<TResponse> responses, GrpcServerCall call)
        {
            var (caller, error) = await IdentifyAsync(call).ConfigureAwait(false);
            error ??= View.CheckAdmin(caller);
            return error?.ToStatus() ?? await handler(request, responses, call).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The caller, null for none, or the error of a token that is not valid. A token that another member gave is waited
    /// for until this one knows it.
    /// </summary>
    public ValueTask<(Caller? Caller, EtcdError? Error)> IdentifyAsync(GrpcServerCall call)
    {
        if (!View.IsEnabled || TokenOf(call) is not { } token)
        {
            return default;
        }

        return tokens.AppliedIndexFor(token) switch
        {
            null => new((null, EtcdError.InvalidAuthToken)),
            { } index when index <= log.AppliedIndex => new(Find(token)),
            { } index => FindAfterAsync(token, index, call.CancellationToken),
        };
    }

    private UnaryHandler<TRequest, TResponse> Guarded<TRequest, TResponse>(
        UnaryHandler<TRequest, TResponse> handler,
        Func<AuthView, Caller?, EtcdError?> check
    )
    {
        return (request, call) => View.IsEnabled ? CheckAsync(request, call) : handler(request, call);

        async ValueTask<GrpcResult<TResponse>> CheckAsync(TRequest request, GrpcServerCall call)
        {
            var (caller, error) = await IdentifyAsync(call).ConfigureAwait(false);
            error ??= check(View, caller);
            if (error is not null)
            {
                return error.ToStatus();
            }

            call.State = caller;
            return await handler(request, call).ConfigureAwait(false);
        }
    }

    private static string? TokenOf(GrpcServerCall call)
    {
        var values = call.RequestHeaders[TokenHeader];
        if (values.Count == 0)
        {
            values = call.RequestHeaders[HttpTokenHeader];
        }

        return values.Count == 0 ? null
            : values[0] is { } value && value.StartsWith(BearerPrefix, StringComparison.Ordinal) ? value[BearerPrefix.Length..]
            : values[0];
    }

    private async ValueTask<(Caller? Caller, EtcdError? Error)> FindAfterAsync(
        string token,
        ulong index,
        CancellationToken cancellation
    ) =>
        await log.WaitAppliedAsync(index, requestTimeout, cancellation).ConfigureAwait(false) is null
            ? Find(token)
            : (null, EtcdError.InvalidAuthToken);

    private (Caller? Caller, EtcdError? Error) Find(string token)
    {
        var caller = tokens.Find(token, View.Revision);
        return (caller, caller is null ? EtcdError.InvalidAuthToken : null);
    }
}
