using System.Collections.Concurrent;
using System.Text;
using EtcdSharp.Platform;
using EtcdSharp.Replica.Auth;

namespace EtcdSharp.Replica.Tokens;

/// <summary>
/// Signed tokens (JSON Web Tokens, RFC 7519) that carry their user: nothing is remembered, any member with the key can
/// check them, and they hold until they end or until users and roles change.
/// </summary>
internal sealed class JwtTokens(JwtOptions options, IClock clock) : ITokens
{
    /// <summary>The headers of a request have at most so many bytes together.</summary>
    public const int TokenCharactersMax = 32 * 1024;

    /// <summary>
    /// Checking a signature takes some ten to hundred microseconds, several times the rest of a request, so tokens that were
    /// found good are kept: these, of some 700 bytes each, take 3 MB. When there are more, all are forgotten, which costs one
    /// check each.
    /// </summary>
    public const int VerifiedMax = 4096;

    private readonly ConcurrentDictionary<string, JwtClaims> _verified = new(StringComparer.Ordinal);

    private readonly string _header = JwtText.Encode(
        Encoding.ASCII.GetBytes($$"""{"alg":"{{options.Algorithm.Name}}","typ":"JWT"}""")
    );

    public string NewPrefix() => "";

    public bool TryAssign(string user, ulong authRevision, string prefix, ulong index, out string token)
    {
        token = "";
        if (!options.Key.CanSign)
        {
            return false;
        }

        var endMilliseconds = clock.UtcNow.ToUnixTimeMilliseconds() + (options.TimeToLive.Ticks / TimeSpan.TicksPerMillisecond);
        var claims = new JwtClaims(new Caller(user, authRevision), endMilliseconds / 1000, null);
        var signed = $"{_header}.{JwtText.Encode(claims.ToJson())}";
        token = $"{signed}.{JwtText.Encode(options.Key.Sign(Encoding.ASCII.GetBytes(signed)))}";
        return true;
    }

    public ulong? AppliedIndexFor(string token) => TrySplit(token, out _, out _) ? 0 : null;

    public Caller? Find(string token, ulong authRevision)
    {
        if (!_verified.TryGetValue(token, out var claims))
        {
            claims = Verify(token);
            if (claims is null)
            {
                return null;
            }

            if (_verified.Count >= VerifiedMax)
            {
                _verified.Clear();
            }

            _verified[token] = claims;
        }

        return claims.AreInTime(clock.UtcNow) ? claims.Caller : null;
    }

    public void Enable() { }

    public void Disable() { }

    public void Forget(string user) { }

    /// <summary>The places of the two dots of a token.</summary>
    private static bool TrySplit(string token, out int first, out int last)
    {
        first = token.IndexOf('.');
        last = token.LastIndexOf('.');
        return token.Length <= TokenCharactersMax
            && first > 0
            && last > first + 1
            && last < token.Length - 1
            && token.AsSpan(first + 1, last - first - 1).IndexOf('.') < 0;
    }

    /// <summary>The claims, when the signature is good; whether it is their time is not looked at.</summary>
    private JwtClaims? Verify(string token)
    {
        // The algorithm is the configured one whatever the token says, but one that says another was not made for us.
        if (
            !TrySplit(token, out var first, out var last)
            || JwtText.Decode(token.AsSpan(0, first)) is not { } header
            || JwtClaims.AlgorithmOf(header) != options.Algorithm.Name
            || JwtText.Decode(token.AsSpan(first + 1, last - first - 1)) is not { } claims
            || JwtText.Decode(token.AsSpan(last + 1)) is not { } signature
        )
        {
            return null;
        }

        return options.Key.Verify(Encoding.ASCII.GetBytes(token, 0, last), signature) ? JwtClaims.Parse(claims) : null;
    }
}
