using System.Collections.Frozen;
using System.Globalization;
using System.Net.Security;
using EtcdSharp.Grpc.Client;

namespace EtcdSharp.Client;

/// <summary>How a client reaches its servers.</summary>
public sealed record EtcdClientOptions
{
    private static readonly FrozenSet<string> s_files = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "ca", "cert", "key");

    /// <summary>
    /// Where the members are: <c>http://host:port</c>, <c>https://host:port</c>, <c>unix:///path</c>, or
    /// <c>host:port</c>, which is TLS where <see cref="Tls"/> is set.
    /// </summary>
    public IReadOnlyList<string> Endpoints { get; init; } = ["http://localhost:2379"];

    /// <summary>
    /// In place of <see cref="Endpoints"/>: the way to a member in this process, its <c>Member.Channel</c>. What concerns
    /// connections (their timeouts, TLS, the largest answer) has no meaning then. The client does not dispose it.
    /// </summary>
    public CallChannel? Channel { get; init; }

    /// <summary>Who the client is; null where it says nothing, or its certificate says it.</summary>
    public string? User { get; init; }

    /// <summary>The password of <see cref="User"/>.</summary>
    public string? Password { get; init; }

    /// <summary>A token that was got elsewhere, in place of user and password. It is not renewed.</summary>
    public string? Token { get; init; }

    /// <summary>Put before all keys, so that the client sees nothing else.</summary>
    public EtcdBytes Namespace { get; init; }

    /// <summary>How long one call may take with all its repetitions; null is no limit. Not for watches, snapshots, defragmentation.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long making a connection may take before another endpoint is tried.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a quiet connection is probed. etcd drops clients that do so more often than every 5 seconds.</summary>
    public TimeSpan KeepAliveTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a probe may stay without an answer before the connection counts as lost.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Trust, client certificates and all else of TLS, for <c>https</c> endpoints; see <see cref="EtcdTls.FromPem"/>. Where
    /// null, the authorities of the system are trusted and no certificate is shown.
    /// </summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>The largest answer that is taken, in bytes.</summary>
    public int MaxReceiveMessageBytes { get; init; } = int.MaxValue;

    /// <summary>The largest request that is sent, in bytes; a larger one fails here. Servers have a limit of their own.</summary>
    public int MaxRequestBytes { get; init; } = int.MaxValue;

    /// <summary>
    /// How often a call is made at most, the first time included. With the pauses in between, the default lasts for
    /// about 9 seconds: 25 ms, doubled up to 1 s (1.6 s in the first 7), then 7 times 1 s.
    /// </summary>
    public int AttemptsMax { get; init; } = 14;

    /// <summary>
    /// Reads a connection string: endpoints with commas between, then settings with semicolons between, e.g.
    /// <c>http://a:2379,http://b:2379;user=u;password=p;namespace=/x;timeout=5</c>. Settings: <c>user</c>,
    /// <c>password</c>, <c>namespace</c>, <c>timeout</c>, <c>connect-timeout</c>, <c>keepalive-time</c>,
    /// <c>keepalive-timeout</c> (seconds), <c>attempts</c>, and the PEM files <c>ca</c>, <c>cert</c>, <c>key</c>, which are
    /// read here. A semicolon within a value is written twice.
    /// </summary>
    /// <exception cref="FormatException">It names a setting that does not exist, or a value that is none.</exception>
    /// <exception cref="IOException">A file that it names cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file that it names holds something else.</exception>
    public static EtcdClientOptions Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var parts = Split(connectionString);
        var options = new EtcdClientOptions
        {
            Endpoints = parts[0].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        };
        if (options.Endpoints.Count == 0)
        {
            throw new FormatException("the connection string begins with the endpoints, and has none");
        }

        Dictionary<string, string> files = new(StringComparer.OrdinalIgnoreCase);
        foreach (var part in parts.Skip(1).Where(static part => part.Length > 0))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                throw new FormatException($"\"{part}\" is no setting: name=value is one");
            }

            var (name, value) = (part[..equals].Trim(), part[(equals + 1)..]);
            if (s_files.Contains(name))
            {
                files[name] = value;
            }
            else
            {
                options = options.With(name, value);
            }
        }

        return files.Count == 0 ? options : options with { Tls = Read(files) };
    }

    private static SslClientAuthenticationOptions Read(Dictionary<string, string> files)
    {
        var (ca, cert, key) = (files.GetValueOrDefault("ca"), files.GetValueOrDefault("cert"), files.GetValueOrDefault("key"));
        return key is not null && cert is null
            ? throw new FormatException("key is of no use without cert")
            : EtcdTls.FromPem(ca, cert, key);
    }

    private static List<string> Split(string text)
    {
        const char escaped = '\0';
        return
        [
            .. text.Replace(";;", escaped.ToString(), StringComparison.Ordinal)
                .Split(';')
                .Select(static part => part.Replace(escaped, ';')),
        ];
    }

    private EtcdClientOptions With(string name, string value) =>
        name.ToLowerInvariant() switch
        {
            "user" => this with { User = value },
            "password" => this with { Password = value },
            "namespace" => this with { Namespace = value },
            "timeout" => this with { Timeout = Seconds(name, value) },
            "connect-timeout" => this with { ConnectTimeout = Seconds(name, value) },
            "keepalive-time" => this with { KeepAliveTime = Seconds(name, value) },
            "keepalive-timeout" => this with { KeepAliveTimeout = Seconds(name, value) },
            "attempts" => this with
            {
                AttemptsMax =
                    int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var attempts) && attempts > 0
                        ? attempts
                        : throw new FormatException($"{name}={value} is no number of attempts"),
            },
            _ => throw new FormatException($"there is no setting called \"{name}\""),
        };

    private static TimeSpan Seconds(string name, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException($"{name}={value} is no time in seconds");
}
