using System.Diagnostics.CodeAnalysis;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Logging;
using EtcdSharp.Platform.Text;
using EtcdSharp.Replica.Auth;

namespace EtcdSharp.Replica.Tokens;

/// <summary>What <c>--auth-token</c> asks for, with the keys already read.</summary>
/// <param name="Kind">The kind of token.</param>
/// <param name="Jwt">Only for that kind.</param>
/// <param name="Notices">What is worth a line in the log.</param>
internal sealed record TokenOptions(TokenKind Kind, JwtOptions? Jwt, IReadOnlyList<ConfigurationNotice> Notices)
{
    private const string Flag = "--auth-token";
    private const string SignMethod = "sign-method";
    private const string PublicKey = "pub-key";
    private const string PrivateKey = "priv-key";
    private const string TimeToLive = "ttl";

    /// <summary>The longest key files, of 16384 bits or with a chain of certificates, have some ten thousand bytes.</summary>
    private const long KeyFileBytesMax = 1024 * 1024;

    /// <summary>A hundred years: what is added to the present time to tell when a token ends must remain a time.</summary>
    private static readonly TimeSpan s_timeToLiveMax = TimeSpan.FromDays(36_525);

    private static readonly string[] s_known = [SignMethod, PublicKey, PrivateKey, TimeToLive];

    /// <summary>
    /// Reads the value of the flag and the key files it names: <c>simple</c>, <c>jwt,pub-key=FILE,priv-key=FILE,sign-method=RS256,ttl=10m</c>
    /// or nothing. A problem is one sentence that says what to do.
    /// </summary>
    public static bool TryRead(
        string text,
        [NotNullWhen(true)] out TokenOptions? options,
        [NotNullWhen(false)] out string? problem
    )
    {
        options = null;
        var words = text.Split(',');
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (var word in words.AsSpan(1))
        {
            var pair = word.Split('=');
            if (pair.Length != 2)
            {
                problem =
                    $"{Flag}: \"{word}\" is not an option; write each as name=value without a further '=', separated by ','";
                return false;
            }

            if (!values.TryAdd(pair[0], pair[1]))
            {
                problem = $"{Flag}: {pair[0]} is given twice; give it once";
                return false;
            }
        }

        switch (words[0])
        {
            case "":
                options = new TokenOptions(TokenKind.None, null, Unheeded(values.Keys));
                problem = null;
                return true;
            case "simple":
                ConfigurationNotice unsigned = new(Warning: true, "simple token is not cryptographically signed");
                options = new TokenOptions(TokenKind.Simple, null, [unsigned, .. Unheeded(values.Keys)]);
                problem = null;
                return true;
            case "jwt":
                if (!TryReadJwt(values, out var jwt, out var jwtProblem))
                {
                    problem = $"{Flag}: {jwtProblem}";
                    return false;
                }

                options = new TokenOptions(TokenKind.Jwt, jwt, Unheeded(values.Keys.Except(s_known, StringComparer.Ordinal)));
                problem = null;
                return true;
            default:
                problem = $"{Flag} must be \"simple\", \"jwt\" with its options, or empty for no tokens (set to \"{words[0]}\")";
                return false;
        }
    }

    /// <param name="clock">The member's clock.</param>
    /// <param name="randomness">Must not be guessable.</param>
    /// <param name="simpleTimeToLive">Of simple tokens; signed ones have an option of their own.</param>
    public ITokens Create(IClock clock, IRandomness randomness, TimeSpan simpleTimeToLive) =>
        Kind switch
        {
            TokenKind.Simple => new SimpleTokens(clock, randomness, simpleTimeToLive),
            TokenKind.Jwt => new JwtTokens(Jwt!, clock),
            _ => new NoTokens(),
        };

    private static bool TryReadJwt(
        Dictionary<string, string> values,
        [NotNullWhen(true)] out JwtOptions? options,
        [NotNullWhen(false)] out string? problem
    )
    {
        options = null;
        if (!TryReadAlgorithm(values.GetValueOrDefault(SignMethod, ""), out var algorithm, out problem))
        {
            return false;
        }

        var timeToLive = JwtOptions.DefaultTimeToLive;
        if (values.GetValueOrDefault(TimeToLive, "") is { Length: > 0 } ttl && !GoDuration.TryParse(ttl, out timeToLive))
        {
            problem = $"ttl=\"{ttl}\" is not a duration; write one such as 10m or 1h30m";
            return false;
        }

        // The end of a token is a whole second, so a shorter one could have ended before its user gets it.
        if (timeToLive < TimeSpan.FromSeconds(1) || timeToLive > s_timeToLiveMax)
        {
            problem = $"ttl must be from 1s to {s_timeToLiveMax.TotalHours:0}h (set to {GoDuration.Format(timeToLive)})";
            return false;
        }

        if (
            !TryReadFile(values, PublicKey, out var publicFile, out problem)
            || !TryReadFile(values, PrivateKey, out var privateFile, out problem)
            || !JwtKeys.TryCreate(algorithm, publicFile, privateFile, out var key, out problem)
        )
        {
            return false;
        }

        options = new JwtOptions(algorithm, key, timeToLive);
        return true;
    }

    private static bool TryReadAlgorithm(
        string name,
        [NotNullWhen(true)] out JwtAlgorithm? algorithm,
        [NotNullWhen(false)] out string? problem
    )
    {
        algorithm = JwtAlgorithm.Find(name);
        var names = string.Join(", ", JwtAlgorithm.All.Select(known => known.Name));
        problem =
            algorithm is not null ? null
            : name.Length == 0 ? $"{SignMethod} is missing; add {SignMethod}= with one of {names}"
            : $"{SignMethod} must be one of {names} (set to \"{name}\")";
        return algorithm is not null;
    }

    /// <summary>An option without a file gives no bytes.</summary>
    private static bool TryReadFile(
        Dictionary<string, string> values,
        string option,
        out byte[] content,
        [NotNullWhen(false)] out string? problem
    )
    {
        content = [];
        problem = null;
        var path = values.GetValueOrDefault(option, "");
        if (path.Length == 0)
        {
            return true;
        }

        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > KeyFileBytesMax } large)
            {
                problem = $"the file of {option}, {path}, has {large.Length} bytes and is no key; name the right one";
                return false;
            }

            content = File.ReadAllBytes(path);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = $"the file of {option}, {path}, cannot be read ({exception.Message}); name a file that this user may read";
            return false;
        }
    }

    private static ConfigurationNotice[] Unheeded(IEnumerable<string> options)
    {
        string[] names = [.. options.Order(StringComparer.Ordinal)];
        return names.Length == 0
            ? []
            : [new ConfigurationNotice(Warning: true, $"unknown options of {Flag} are passed over", ("options", names))];
    }
}
