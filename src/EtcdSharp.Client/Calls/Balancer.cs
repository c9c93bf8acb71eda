using EtcdSharp.Grpc.Client;

namespace EtcdSharp.Client;

/// <summary>Chooses an endpoint per call: round robin over those that do not rest from a failure.</summary>
internal sealed class Balancer : IDisposable
{
    /// <summary>The endpoint of a client that was given a channel.</summary>
    public const string InProcess = "inprocess:";

    private readonly Lock gate = new();
    private readonly GrpcChannelOptions options;
    private readonly bool tls;
    private readonly bool isInProcess;
    private readonly Dictionary<string, EndpointLink> links = new(StringComparer.Ordinal);
    private EndpointLink[] turn = [];

    /// <summary>Where the turns begin differs from client to client: else a command that makes one call goes to the same member always.</summary>
    private uint next = (uint)Random.Shared.Next();

    private bool disposed;

    public Balancer(IReadOnlyList<string> endpoints, GrpcChannelOptions options)
        : this(options) => Replace(endpoints);

    /// <summary>Calls go through a channel that there is already, and that others may use too.</summary>
    public Balancer(CallChannel channel, GrpcChannelOptions options)
        : this(options)
    {
        links.Add(InProcess, new EndpointLink(InProcess, channel));
        turn = [links[InProcess]];
        isInProcess = true;
    }

    private Balancer(GrpcChannelOptions options)
    {
        this.options = options;
        tls = options.Tls is not null;
    }

    public IReadOnlyList<string> Endpoints => Array.ConvertAll(Volatile.Read(ref turn), static link => link.Address);

    public int Count => Volatile.Read(ref turn).Length;

    /// <summary>From now on calls go to these. Connections to others stay open for what runs on them.</summary>
    public void Replace(IReadOnlyList<string> endpoints)
    {
        if (endpoints.Count == 0)
        {
            throw new ArgumentException("a client needs at least one endpoint", nameof(endpoints));
        }

        Volatile.Write(ref turn, endpoints.Select(At).Distinct().ToArray());
    }

    /// <summary>The connection to a certain endpoint, which need not be one of those that take turns.</summary>
    public EndpointLink At(string endpoint)
    {
        var address = isInProcess && endpoint == InProcess ? endpoint : Normalize(endpoint, tls);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, typeof(EtcdClient));
            if (!links.TryGetValue(address, out var link))
            {
                link = new EndpointLink(address, new GrpcChannel(address, options));
                links.Add(address, link);
            }

            return link;
        }
    }

    /// <summary>The next in turn; where all rest, the one that has rested longest. Not the given one if there is a choice.</summary>
    public EndpointLink Pick(EndpointLink? except)
    {
        var candidates = Volatile.Read(ref turn);
        var now = Environment.TickCount64;
        var start = Interlocked.Increment(ref next);
        EndpointLink? best = null;
        for (uint i = 0; i < candidates.Length; i++)
        {
            var link = candidates[(start + i) % (uint)candidates.Length];
            if (link == except && candidates.Length > 1)
            {
                continue;
            }

            if (!link.IsResting(now))
            {
                return link;
            }

            if (best is null || link.RestUntilMs < best.RestUntilMs)
            {
                best = link;
            }
        }

        return best!;
    }

    public bool HasHealthyOther(EndpointLink than)
    {
        var now = Environment.TickCount64;
        return Array.Exists(Volatile.Read(ref turn), link => link != than && !link.IsResting(now));
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            foreach (var link in links.Values)
            {
                link.Dispose();
            }

            links.Clear();
        }
    }

    /// <summary>An address without a scheme is clear text, or TLS where the client has TLS options.</summary>
    internal static string Normalize(string endpoint, bool tls)
    {
        var address = Complete(endpoint, tls);
        return IsKnown(address) ? address : throw new ArgumentException(Problem(endpoint), nameof(endpoint));
    }

    /// <summary>Says what is wrong with an endpoint; null where nothing is.</summary>
    internal static string? ProblemWith(string endpoint) => IsKnown(Complete(endpoint, tls: false)) ? null : Problem(endpoint);

    private static string Problem(string endpoint) =>
        endpoint.Trim().StartsWith("unixs:", StringComparison.Ordinal)
            ? $"\"{endpoint}\" asks for TLS over a unix socket, which is not built yet"
            : $"\"{endpoint}\" is no endpoint: host:port, http://host:port, https://host:port and unix:///path are";

    private static string Complete(string endpoint, bool tls)
    {
        var trimmed = endpoint.Trim().TrimEnd('/');

        // gRPC's own way of writing a socket file, without slashes, as etcd's client takes it too.
        if (trimmed.StartsWith("unix:", StringComparison.Ordinal) && !trimmed.StartsWith("unix://", StringComparison.Ordinal))
        {
            trimmed = "unix://" + trimmed["unix:".Length..];
        }

        var hasScheme =
            trimmed.Contains("://", StringComparison.Ordinal) || trimmed.StartsWith("unixs:", StringComparison.Ordinal);
        var address = hasScheme ? trimmed : $"{(tls ? "https" : "http")}://{trimmed}";

        // A port alone is one of this machine, as in Go.
        return address.Replace("://:", "://localhost:", StringComparison.Ordinal);
    }

    private static bool IsKnown(string address)
    {
        const string socket = "unix://";
        return address.StartsWith(socket, StringComparison.Ordinal)
            ? address.Length > socket.Length
            // A scheme or a host without anything behind the colon would be looked up as a host of that name.
            : !address.EndsWith(':')
                && Uri.TryCreate(address, UriKind.Absolute, out var uri)
                && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
                && uri.Host.Length > 0;
    }
}
