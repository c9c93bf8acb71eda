using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Node;
using EtcdSharp.Replica.Auth;

namespace EtcdSharp.Edge.Calls;

/// <summary>
/// The stage that knows who makes a call, by the token in its headers, and whether such a caller may make it at all. While
/// authentication is off nobody is asked, and a token that comes along is not looked at. Where the keys of a request decide, its
/// handler asks at the moment at which etcd does: after the read barrier, for each watch, for each piece of a stream.
/// </summary>
internal sealed class Authentication(AuthStore auth, ITokens tokens, IReplicatedLog log, TimeSpan requestTimeout) : CallStage
{
    private const string TokenHeader = "token";
    private const string HttpTokenHeader = "authorization";
    private const string BearerPrefix = "Bearer ";

    public AuthView View => auth.View;

    /// <summary>The caller that this stage has found; null for none, and where the rule of the method left it to the handler.</summary>
    public static Caller? CallerOf(CallContext call) => call.State as Caller;

    /// <summary>Whether what a caller was permitted by a view is still so.</summary>
    public bool IsStill(AuthView view, Caller? caller) => caller is null || View.Revision == view.Revision;

    public override ValueTask<GrpcStatus> AdmitAsync(CallContext call) =>
        call.Rule is CallRule.Anyone or CallRule.ByRequest || !View.IsEnabled ? default : CheckAsync(call);

    /// <summary>
    /// The caller, null for none, or the error of a token that is not valid. A token that another member gave is waited
    /// for until this one knows it.
    /// </summary>
    public ValueTask<(Caller? Caller, EtcdError? Error)> IdentifyAsync(CallContext call)
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

    private async ValueTask<GrpcStatus> CheckAsync(CallContext call)
    {
        var (caller, error) = await IdentifyAsync(call).ConfigureAwait(false);
        error ??= call.Rule switch
        {
            CallRule.Users when caller is null => EtcdError.UserEmpty,
            CallRule.Admins => View.CheckAdmin(caller),
            _ => null,
        };
        call.State = caller;
        return error?.ToStatus() ?? GrpcStatus.Ok;
    }

    private static string? TokenOf(CallContext call)
    {
        var value = call.FirstHeader(TokenHeader) ?? call.FirstHeader(HttpTokenHeader);
        return value is not null && value.StartsWith(BearerPrefix, StringComparison.Ordinal)
            ? value[BearerPrefix.Length..]
            : value;
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
