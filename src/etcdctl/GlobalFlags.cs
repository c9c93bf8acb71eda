using EtcdSharp.CommandLine.Flags;

namespace EtcdSharp.Programs.Etcdctl;

/// <summary>The options that every command takes. Help shows them under <c>etcdctl options</c> alone.</summary>
internal sealed class GlobalFlags
{
    private const string SkipVerify =
        "skip server certificate verification (CAUTION: this option should be enabled only for testing purposes)";

    private const string SendLimit = "client-side request send limit in bytes (if 0, it defaults to 2.0 MiB (2 * 1024 * 1024).)";

    private const string Token =
        "JWT token used for authentication (if this option is used, --user and --password should not be set)";

    private const string PasswordUsage =
        "password for authentication (if this option is used, --user option shouldn't include password)";

    public GlobalFlags(FlagSet flags)
    {
        Endpoints = flags.StringList("endpoints", ["127.0.0.1:2379"], "gRPC endpoints");
        Debug = flags.Bool("debug", "enable client-side debug logging");
        WriteOut = flags.Add(
            new StringFlag("write-out", "simple", "set the output format (fields, json, protobuf, simple, table)")
            {
                Shorthand = 'w',
                ValidValues = ["fields", "json", "protobuf", "simple", "table"],
            }
        );
        Hex = flags.Bool("hex", "print byte strings as hex encoded strings");
        DialTimeout = flags.Duration("dial-timeout", TimeSpan.FromSeconds(2), "dial timeout for client connections");
        CommandTimeout = flags.Duration(
            "command-timeout",
            TimeSpan.FromSeconds(5),
            "timeout for short running command (excluding dial timeout)"
        );
        KeepAliveTime = flags.Duration("keepalive-time", TimeSpan.FromSeconds(2), "keepalive time for client connections");
        KeepAliveTimeout = flags.Duration(
            "keepalive-timeout",
            TimeSpan.FromSeconds(6),
            "keepalive timeout for client connections"
        );
        MaxRequestBytes = flags.Int64("max-request-bytes", 0, SendLimit);
        MaxReceiveBytes = flags.Int64(
            "max-recv-bytes",
            0,
            "client-side response receive limit in bytes (if 0, it defaults to \"math.MaxInt32\")"
        );
        InsecureTransport = flags.Bool("insecure-transport", "disable transport security for client connections", value: true);
        InsecureDiscovery = flags.Bool(
            "insecure-discovery",
            "accept insecure SRV records describing cluster endpoints",
            value: true
        );
        InsecureSkipVerify = flags.Bool("insecure-skip-tls-verify", SkipVerify);
        Cert = flags.String("cert", "", "identify secure client using this TLS certificate file");
        Key = flags.String("key", "", "identify secure client using this TLS key file");
        CaCert = flags.String("cacert", "", "verify certificates of TLS-enabled secure servers using this CA bundle");
        AuthJwtToken = flags.String("auth-jwt-token", "", Token);
        User = flags.String("user", "", "username[:password] for authentication (prompt if password is not supplied)");
        Password = flags.String("password", "", PasswordUsage);
        DiscoverySrv = flags.String(
            "discovery-srv",
            "",
            "domain name to query for SRV records describing cluster endpoints",
            'd'
        );
        DiscoverySrvName = flags.String("discovery-srv-name", "", "service name to query when using DNS discovery");
        foreach (var flag in flags)
        {
            flag.Hidden = true;
        }
    }

    public StringListFlag Endpoints { get; }

    public BoolFlag Debug { get; }

    public StringFlag WriteOut { get; }

    public BoolFlag Hex { get; }

    public DurationFlag DialTimeout { get; }

    public DurationFlag CommandTimeout { get; }

    public DurationFlag KeepAliveTime { get; }

    public DurationFlag KeepAliveTimeout { get; }

    public Int64Flag MaxRequestBytes { get; }

    public Int64Flag MaxReceiveBytes { get; }

    public BoolFlag InsecureTransport { get; }

    public BoolFlag InsecureDiscovery { get; }

    public BoolFlag InsecureSkipVerify { get; }

    public StringFlag Cert { get; }

    public StringFlag Key { get; }

    public StringFlag CaCert { get; }

    public StringFlag AuthJwtToken { get; }

    public StringFlag User { get; }

    public StringFlag Password { get; }

    public StringFlag DiscoverySrv { get; }

    public StringFlag DiscoverySrvName { get; }
}
