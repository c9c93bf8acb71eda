using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc.Contract;

namespace EtcdSharp.Client;

/// <summary>Gets a token for user and password when it is first needed, and a new one when the server knows the old one no more.</summary>
internal sealed class TokenSource(string? user, string? password, string? given = null) : IDisposable
{
    private const int TokenRenewalsMax = 2;

    private readonly SemaphoreSlim oneAtATime = new(1, 1);
    private AuthToken? current = First(user, given);

    private bool HasCredentials => user is not null && given is null;

    /// <summary>
    /// Whether a call that was refused so is worth another try: with a new token, or, of a caller whom its certificate names, as
    /// it is, because users or roles were changed between the check and the moment at which the request was carried out.
    /// </summary>
    public bool MayHelp(EtcdError? error) =>
        given is null
        && (
            error == EtcdError.InvalidAuthToken
            || error == EtcdError.AuthOldRevision
            || (error == EtcdError.UserEmpty && HasCredentials)
        );

    /// <summary>
    /// How often that is done for one call. A fresh token that is refused again is not a matter of its age; users and roles may
    /// change as often as somebody changes them.
    /// </summary>
    public int RenewalsMax(EtcdError? error, int attemptsMax) =>
        error == EtcdError.AuthOldRevision || !HasCredentials ? attemptsMax - 1 : TokenRenewalsMax;

    public ValueTask<AuthToken> GetAsync(Caller caller, CancellationToken cancellationToken) =>
        Volatile.Read(ref current) is { } known ? new(known) : RenewAsync(null, caller, cancellationToken);

    /// <summary>A token other than the stale one; many callers that hold the same stale one share one renewal.</summary>
    public async ValueTask<AuthToken> RenewAsync(AuthToken? stale, Caller caller, CancellationToken cancellationToken)
    {
        if (!HasCredentials && Volatile.Read(ref current) is { } only)
        {
            return only;
        }

        await oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (Volatile.Read(ref current) is { } known && known != stale)
            {
                return known;
            }

            var renewed = new AuthToken(await AuthenticateAsync(caller, cancellationToken));
            Volatile.Write(ref current, renewed);
            return renewed;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public void Dispose() => oneAtATime.Dispose();

    private static AuthToken? First(string? user, string? given)
    {
        if (given is not null)
        {
            return new AuthToken(given);
        }

        return user is null ? AuthToken.None : null;
    }

    private async ValueTask<string?> AuthenticateAsync(Caller caller, CancellationToken cancellationToken)
    {
        var request = new AuthenticateRequest { Name = user, Password = password ?? "" };
        try
        {
            // Asking twice gives two tokens and harms nobody, so it is repeated like a read.
            var answer = await caller.CallWithoutTokenAsync(AuthMethods.Authenticate, request, cancellationToken);
            return answer.Token;
        }
        catch (EtcdException failure) when (failure.Error == EtcdError.AuthNotEnabled)
        {
            return null;
        }
    }
}
