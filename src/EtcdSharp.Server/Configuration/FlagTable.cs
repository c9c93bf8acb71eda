using System.Collections.Frozen;

namespace EtcdSharp.Server.Configuration;

/// <summary>Every flag of etcd 3.7, with its default and how far the feature behind it is built here.</summary>
internal static class FlagTable
{
    /// <summary>Flags of old releases that etcd still takes without a word.</summary>
    public static readonly FrozenSet<string> Ignored = FrozenSet.ToFrozenSet(
        [
            "cluster-active-size",
            "cluster-remove-delay",
            "cluster-sync-interval",
            "config",
            "force",
            "max-result-buffer",
            "max-retry-attempts",
            "peer-heartbeat-interval",
            "peer-election-timeout",
            "retry-interval",
            "snapshot",
            "v",
            "vv",
        ],
        StringComparer.Ordinal
    );

    public static readonly IReadOnlyList<FlagDefinition> All =
    [
        new("Member", "name", FlagKind.Text, "default", "Name of this member, as people read it."),
        new("Member", "data-dir", FlagKind.Text, "", "Directory for everything this member stores; ${name}.etcd when empty."),
        new(
            "Member",
            "wal-dir",
            FlagKind.Text,
            "",
            "Directory for the write-ahead log, when it lies on another disk than the rest."
        ),
        new(
            "Member",
            "snapshot-count",
            FlagKind.Unsigned,
            "10000",
            "Applied entries after which a snapshot is written and the log before it is released."
        ),
        new("Member", "heartbeat-interval", FlagKind.Unsigned, "100", "Milliseconds between two heartbeats of the leader."),
        new(
            "Member",
            "election-timeout",
            FlagKind.Unsigned,
            "1000",
            "Milliseconds without a leader after which an election begins."
        ),
        new(
            "Member",
            "initial-election-tick-advance",
            FlagKind.Boolean,
            "true",
            "Shorten the first election timeout after a start."
        ),
        new(
            "Member",
            "listen-peer-urls",
            FlagKind.Urls,
            "http://localhost:2380",
            "URLs on which the other members reach this one."
        ),
        new(
            "Member",
            "listen-client-urls",
            FlagKind.Urls,
            "http://localhost:2379",
            "URLs on which clients are served, gRPC and HTTP alike."
        ),
        new(
            "Member",
            "listen-client-http-urls",
            FlagKind.Urls,
            "",
            "URLs for HTTP clients alone; the URLs above then serve gRPC alone."
        ),
        new("Member", "max-snapshots", FlagKind.Unsigned, "5", "Snapshot files kept; 0 keeps all."),
        new("Member", "max-wals", FlagKind.Unsigned, "5", "Write-ahead log segments kept; 0 keeps all."),
        new(
            "Member",
            "memory-mlock",
            FlagKind.Boolean,
            "false",
            "Lock the pages of the process in memory.",
            FlagSupport.NotBuilt
        ),
        new(
            "Member",
            "quota-backend-bytes",
            FlagKind.Integer,
            "0",
            "Size of the store in bytes at which writes are refused; 0 means 2 GiB, a negative number no limit."
        ),
        new(
            "Member",
            "backend-bbolt-freelist-type",
            FlagKind.Text,
            "",
            "array or map; the free list has one form here and the choice changes nothing.",
            FlagSupport.Accepted
        ),
        new(
            "Member",
            "backend-batch-interval",
            FlagKind.Duration,
            "",
            "Longest time between two commits of the store file; 100ms when empty."
        ),
        new(
            "Member",
            "backend-batch-limit",
            FlagKind.Integer,
            "0",
            "Most operations between two commits of the store file; 10000 when 0."
        ),
        new("Member", "max-txn-ops", FlagKind.Unsigned, "128", "Most operations in one transaction."),
        new("Member", "max-request-bytes", FlagKind.Unsigned, "1572864", "Largest request in bytes."),
        new(
            "Member",
            "max-concurrent-streams",
            FlagKind.Unsigned,
            "4294967295",
            "Most streams that one client connection may hold open."
        ),
        new(
            "Member",
            "grpc-keepalive-min-time",
            FlagKind.Duration,
            "5s",
            "Clients that ping more often than this are disconnected."
        ),
        new(
            "Member",
            "grpc-keepalive-interval",
            FlagKind.Duration,
            "2h",
            "Idle time after which the server pings a client; 0 never."
        ),
        new(
            "Member",
            "grpc-keepalive-timeout",
            FlagKind.Duration,
            "20s",
            "Time for the answer to such a ping before the connection is closed."
        ),
        new(
            "Member",
            "socket-reuse-port",
            FlagKind.Boolean,
            "false",
            "Set SO_REUSEPORT on the listening sockets.",
            FileKey: "socket-options/reuse-port"
        ),
        new(
            "Member",
            "socket-reuse-address",
            FlagKind.Boolean,
            "false",
            "Set SO_REUSEADDR on the listening sockets.",
            FileKey: "socket-options/reuse-address"
        ),
        new(
            "Member",
            "enable-grpc-gateway",
            FlagKind.Boolean,
            "true",
            "JSON over HTTP for the gRPC services.",
            FlagSupport.NotBuilt
        ),
        new(
            "Member",
            "raft-read-timeout",
            FlagKind.Duration,
            "5s",
            "Read timeout on connections between members.",
            FlagSupport.Accepted
        ),
        new(
            "Member",
            "raft-write-timeout",
            FlagKind.Duration,
            "5s",
            "Write timeout on connections between members.",
            FlagSupport.Accepted
        ),
        new("Member", "feature-gates", FlagKind.Text, "", "Pairs Name=true|false that switch features on or off."),
        new(
            "Clustering",
            "initial-advertise-peer-urls",
            FlagKind.Urls,
            "http://localhost:2380",
            "URLs of this member that the other members are told."
        ),
        new(
            "Clustering",
            "initial-cluster",
            FlagKind.Text,
            "default=http://localhost:2380",
            "All first members as name=URL pairs."
        ),
        new(
            "Clustering",
            "initial-cluster-state",
            FlagKind.Text,
            "new",
            "new for a new cluster, existing to join one that runs."
        ),
        new(
            "Clustering",
            "initial-cluster-token",
            FlagKind.Text,
            "etcd-cluster",
            "A word that keeps clusters apart that are built alike."
        ),
        new(
            "Clustering",
            "advertise-client-urls",
            FlagKind.Urls,
            "http://localhost:2379",
            "URLs of this member that clients are told."
        ),
        new(
            "Clustering",
            "discovery",
            FlagKind.Text,
            "",
            "Discovery service of API version 2.",
            FlagSupport.NotBuilt,
            FileKey: ""
        ),
        new(
            "Clustering",
            "discovery-token",
            FlagKind.Text,
            "",
            "Token of the cluster to be discovered.",
            FlagSupport.NotBuilt,
            FileKey: "discovery-config/token"
        ),
        new(
            "Clustering",
            "discovery-endpoints",
            FlagKind.Text,
            "",
            "Endpoints of the cluster that knows the members.",
            FlagSupport.NotBuilt,
            FileKey: "discovery-config/endpoints"
        ),
        new(
            "Clustering",
            "discovery-dial-timeout",
            FlagKind.Duration,
            "2s",
            "Time to connect to the discovery endpoints.",
            FlagSupport.NotBuilt,
            FileKey: "discovery-config/dial-timeout"
        ),
        new(
            "Clustering",
            "discovery-request-timeout",
            FlagKind.Duration,
            "5s",
            "Time for one discovery request.",
            FlagSupport.NotBuilt,
            FileKey: "discovery-config/request-timeout"
        ),
        new(
            "Clustering",
            "discovery-keepalive-time",
            FlagKind.Duration,
            "2s",
            "Time between pings to the discovery endpoints.",
            FlagSupport.NotBuilt,
            FileKey: "discovery-config/keepalive-time"
        ),
        new(
            "Clustering",
            "discovery-keepalive-timeout",
            FlagKind.Duration,
            "6s",
            "Time for the answer to such a ping.",
            FlagSupport.NotBuilt,
            FileKey: "discovery-config/keepalive-timeout"
        ),
        new(
            "Clustering",
            "discovery-insecure-transport",
            FlagKind.Boolean,
            "true",
            "Discovery without TLS.",
            FlagSupport.NotBuilt,
            FileKey: "discovery-config/insecure-transport"
        ),
        new(
            "Clustering",
            "discovery-insecure-skip-tls-verify",
            FlagKind.Boolean,
            "false",
            "Discovery without checking the server certificate.",
            FlagSupport.NotBuilt,
            FileKey: "discovery-config/insecure-skip-tls-verify"
        ),
        new(
            "Clustering",
            "discovery-cert",
            FlagKind.Text,
            "",
            "Client certificate file for discovery.",
            FlagSupport.NotBuilt,
            FileKey: "discovery-config/cert"
        ),
        new(
            "Clustering",
            "discovery-key",
            FlagKind.Text,
            "",
            "Client key file for discovery.",
            FlagSupport.NotBuilt,
            FileKey: "discovery-config/key"
        ),
        new(
            "Clustering",
            "discovery-cacert",
            FlagKind.Text,
            "",
            "CA bundle file for discovery.",
            FlagSupport.NotBuilt,
            FileKey: "discovery-config/cacert"
        ),
        new(
            "Clustering",
            "discovery-user",
            FlagKind.Text,
            "",
            "User for discovery.",
            FlagSupport.NotBuilt,
            FileKey: "discovery-config/user"
        ),
        new(
            "Clustering",
            "discovery-password",
            FlagKind.Text,
            "",
            "Password for discovery.",
            FlagSupport.NotBuilt,
            FileKey: "discovery-config/password"
        ),
        new(
            "Clustering",
            "discovery-fallback",
            FlagKind.Text,
            "exit",
            "What to do when discovery fails; only exit.",
            FlagSupport.NotBuilt,
            FileKey: ""
        ),
        new(
            "Clustering",
            "discovery-proxy",
            FlagKind.Text,
            "",
            "HTTP proxy to the discovery service.",
            FlagSupport.NotBuilt,
            FileKey: ""
        ),
        new(
            "Clustering",
            "discovery-srv",
            FlagKind.Text,
            "",
            "DNS domain whose SRV records name the members.",
            FlagSupport.NotBuilt
        ),
        new(
            "Clustering",
            "discovery-srv-name",
            FlagKind.Text,
            "",
            "Suffix of the service name in those records.",
            FlagSupport.NotBuilt
        ),
        new(
            "Clustering",
            "strict-reconfig-check",
            FlagKind.Boolean,
            "true",
            "Refuse membership changes that would lose the quorum."
        ),
        new(
            "Clustering",
            "pre-vote",
            FlagKind.Boolean,
            "true",
            "Ask before an election whether it could be won, so that a returning member does not disturb."
        ),
        new(
            "Clustering",
            "auto-compaction-retention",
            FlagKind.Text,
            "0",
            "How much history automatic compaction keeps; 0 switches it off."
        ),
        new(
            "Clustering",
            "auto-compaction-mode",
            FlagKind.Text,
            "periodic",
            "periodic: the retention is a time; revision: it is a number of revisions."
        ),
        new(
            "Clustering",
            "v2-deprecation",
            FlagKind.Text,
            "write-only",
            "Phase of the end of API version 2; nothing of it is left to end here.",
            FlagSupport.Accepted
        ),
        new(
            "Security",
            "cert-file",
            FlagKind.Text,
            "",
            "Server certificate file for clients.",
            FlagSupport.NotBuilt,
            FileKey: "client-transport-security/cert-file"
        ),
        new(
            "Security",
            "key-file",
            FlagKind.Text,
            "",
            "Server key file for clients.",
            FlagSupport.NotBuilt,
            FileKey: "client-transport-security/key-file"
        ),
        new(
            "Security",
            "client-cert-auth",
            FlagKind.Boolean,
            "false",
            "Ask clients for a certificate.",
            FlagSupport.NotBuilt,
            FileKey: "client-transport-security/client-cert-auth"
        ),
        new(
            "Security",
            "client-cert-file",
            FlagKind.Text,
            "",
            "Certificate file of the server as a client of itself.",
            FlagSupport.NotBuilt,
            FileKey: "client-transport-security/client-cert-file"
        ),
        new(
            "Security",
            "client-key-file",
            FlagKind.Text,
            "",
            "Key file of the server as a client of itself.",
            FlagSupport.NotBuilt,
            FileKey: "client-transport-security/client-key-file"
        ),
        new(
            "Security",
            "client-crl-file",
            FlagKind.Text,
            "",
            "Revocation list file for client certificates.",
            FlagSupport.NotBuilt,
            FileKey: ""
        ),
        new(
            "Security",
            "client-cert-allowed-hostname",
            FlagKind.List,
            "",
            "Host names that client certificates may carry.",
            FlagSupport.NotBuilt,
            FileKey: "client-transport-security/allowed-hostname"
        ),
        new(
            "Security",
            "trusted-ca-file",
            FlagKind.Text,
            "",
            "CA file for client certificates.",
            FlagSupport.NotBuilt,
            FileKey: "client-transport-security/trusted-ca-file"
        ),
        new(
            "Security",
            "auto-tls",
            FlagKind.Boolean,
            "false",
            "TLS for clients with a certificate made at the start.",
            FlagSupport.NotBuilt,
            FileKey: "client-transport-security/auto-tls"
        ),
        new(
            "Security",
            "peer-cert-file",
            FlagKind.Text,
            "",
            "Certificate file for peers.",
            FlagSupport.NotBuilt,
            FileKey: "peer-transport-security/cert-file"
        ),
        new(
            "Security",
            "peer-key-file",
            FlagKind.Text,
            "",
            "Key file for peers.",
            FlagSupport.NotBuilt,
            FileKey: "peer-transport-security/key-file"
        ),
        new(
            "Security",
            "peer-client-cert-auth",
            FlagKind.Boolean,
            "false",
            "Ask peers for a certificate.",
            FlagSupport.NotBuilt,
            FileKey: "peer-transport-security/client-cert-auth"
        ),
        new(
            "Security",
            "peer-client-cert-file",
            FlagKind.Text,
            "",
            "Certificate file of this member as a client of its peers.",
            FlagSupport.NotBuilt,
            FileKey: "peer-transport-security/client-cert-file"
        ),
        new(
            "Security",
            "peer-client-key-file",
            FlagKind.Text,
            "",
            "Key file of this member as a client of its peers.",
            FlagSupport.NotBuilt,
            FileKey: "peer-transport-security/client-key-file"
        ),
        new(
            "Security",
            "peer-trusted-ca-file",
            FlagKind.Text,
            "",
            "CA file for peer certificates.",
            FlagSupport.NotBuilt,
            FileKey: "peer-transport-security/trusted-ca-file"
        ),
        new(
            "Security",
            "peer-cert-allowed-cn",
            FlagKind.List,
            "",
            "Common names that peer certificates may carry.",
            FlagSupport.NotBuilt,
            FileKey: "peer-transport-security/allowed-cn"
        ),
        new(
            "Security",
            "peer-cert-allowed-hostname",
            FlagKind.List,
            "",
            "Host names that peer certificates may carry.",
            FlagSupport.NotBuilt,
            FileKey: "peer-transport-security/allowed-hostname"
        ),
        new(
            "Security",
            "peer-auto-tls",
            FlagKind.Boolean,
            "false",
            "TLS between members with certificates made at the start.",
            FlagSupport.NotBuilt,
            FileKey: "peer-transport-security/auto-tls"
        ),
        new(
            "Security",
            "self-signed-cert-validity",
            FlagKind.Unsigned,
            "1",
            "Years for which certificates made at the start are valid.",
            FlagSupport.NotBuilt
        ),
        new(
            "Security",
            "peer-crl-file",
            FlagKind.Text,
            "",
            "Revocation list file for peer certificates.",
            FlagSupport.NotBuilt,
            FileKey: ""
        ),
        new(
            "Security",
            "cipher-suites",
            FlagKind.List,
            "",
            "TLS cipher suites; empty leaves the choice to the runtime.",
            FlagSupport.NotBuilt
        ),
        new("Security", "cors", FlagKind.List, "*", "Origins that may call from a browser; * for all.", FlagSupport.NotBuilt),
        new(
            "Security",
            "host-whitelist",
            FlagKind.List,
            "*",
            "Host names that HTTP clients may use without TLS; * for all.",
            FlagSupport.NotBuilt
        ),
        new("Security", "tls-min-version", FlagKind.Text, "TLS1.2", "Lowest TLS version.", FlagSupport.NotBuilt),
        new("Security", "tls-max-version", FlagKind.Text, "", "Highest TLS version.", FlagSupport.NotBuilt),
        new(
            "Auth",
            "auth-token",
            FlagKind.Text,
            "simple",
            "Kind of token that users get: simple or jwt with its options.",
            FlagSupport.NotBuilt
        ),
        new("Auth", "bcrypt-cost", FlagKind.Unsigned, "10", "Cost of hashing passwords.", FlagSupport.NotBuilt),
        new("Auth", "auth-token-ttl", FlagKind.Unsigned, "300", "Seconds for which a token is valid.", FlagSupport.NotBuilt),
        new(
            "Profiling and Monitoring",
            "enable-pprof",
            FlagKind.Boolean,
            "false",
            "Go profiles over HTTP; use dotnet-trace and dotnet-counters with this program.",
            FlagSupport.NotBuilt
        ),
        new(
            "Profiling and Monitoring",
            "metrics",
            FlagKind.Text,
            "basic",
            "basic, or extensive for latency histograms of every gRPC method."
        ),
        new(
            "Profiling and Monitoring",
            "listen-metrics-urls",
            FlagKind.Urls,
            "",
            "Further URLs that serve /metrics, /health, /livez and /readyz."
        ),
        new("Logging", "logger", FlagKind.Text, "zap", "Only zap: JSON lines in the shape of that logger."),
        new("Logging", "log-outputs", FlagKind.List, "default", "stdout, stderr, default (stderr) or files."),
        new("Logging", "log-level", FlagKind.Text, "info", "debug, info, warn, error, panic or fatal."),
        new("Logging", "log-format", FlagKind.Text, "json", "json or console."),
        new(
            "Logging",
            "enable-log-rotation",
            FlagKind.Boolean,
            "false",
            "Rotate the log file by size and age.",
            FlagSupport.NotBuilt
        ),
        new(
            "Logging",
            "log-rotation-config-json",
            FlagKind.Text,
            "{\"maxsize\": 100, \"maxage\": 0, \"maxbackups\": 0, \"localtime\": false, \"compress\": false}",
            "Sizes and ages for log rotation.",
            FlagSupport.NotBuilt
        ),
        new("Logging", "warning-unary-request-duration", FlagKind.Duration, "300ms", "Requests that take longer are logged."),
        new(
            "Distributed tracing",
            "enable-distributed-tracing",
            FlagKind.Boolean,
            "false",
            "Send OpenTelemetry traces.",
            FlagSupport.NotBuilt
        ),
        new(
            "Distributed tracing",
            "distributed-tracing-address",
            FlagKind.Text,
            "localhost:4317",
            "Collector for the traces.",
            FlagSupport.NotBuilt
        ),
        new(
            "Distributed tracing",
            "distributed-tracing-service-name",
            FlagKind.Text,
            "etcd",
            "Service name in the traces.",
            FlagSupport.NotBuilt
        ),
        new(
            "Distributed tracing",
            "distributed-tracing-instance-id",
            FlagKind.Text,
            "",
            "Instance id in the traces.",
            FlagSupport.NotBuilt
        ),
        new(
            "Distributed tracing",
            "distributed-tracing-sampling-rate",
            FlagKind.Integer,
            "0",
            "Traces kept per million.",
            FlagSupport.NotBuilt
        ),
        new(
            "Features",
            "corrupt-check-time",
            FlagKind.Duration,
            "0s",
            "Time between two comparisons of the members' data; 0 never.",
            FlagSupport.NotBuilt
        ),
        new(
            "Features",
            "compact-hash-check-time",
            FlagKind.Duration,
            "1m",
            "Time between two comparisons of the hashes taken at compactions.",
            FlagSupport.NotBuilt
        ),
        new("Features", "compaction-batch-limit", FlagKind.Integer, "1000", "Revisions removed in one step of a compaction."),
        new(
            "Features",
            "peer-skip-client-san-verification",
            FlagKind.Boolean,
            "false",
            "Do not check the host names in peer certificates.",
            FlagSupport.NotBuilt,
            FileKey: "peer-transport-security/skip-client-san-verification"
        ),
        new(
            "Features",
            "watch-progress-notify-interval",
            FlagKind.Duration,
            "10m",
            "Time between two progress notifications to idle watchers."
        ),
        new("Features", "warning-apply-duration", FlagKind.Duration, "100ms", "Applied requests that take longer are logged."),
        new(
            "Features",
            "bootstrap-defrag-threshold-megabytes",
            FlagKind.Unsigned,
            "0",
            "Defragment at the start when that frees at least so many megabytes."
        ),
        new("Features", "max-learners", FlagKind.Integer, "1", "Most learners in the cluster."),
        new("Features", "compaction-sleep-interval", FlagKind.Duration, "10ms", "Pause between two steps of a compaction."),
        new(
            "Features",
            "downgrade-check-time",
            FlagKind.Duration,
            "5s",
            "Time between two looks at the state of a downgrade.",
            FlagSupport.Accepted
        ),
        new(
            "Features",
            "snapshot-catchup-entries",
            FlagKind.Unsigned,
            "5000",
            "Log entries kept behind a snapshot for slow members."
        ),
        new(
            "Unsafe feature",
            "force-new-cluster",
            FlagKind.Boolean,
            "false",
            "Start as the only member of a new cluster from this data directory.",
            FlagSupport.NotBuilt
        ),
        new(
            "Unsafe feature",
            "unsafe-no-fsync",
            FlagKind.Boolean,
            "false",
            "Never wait for the disk: loses acknowledged writes at a power failure."
        ),
    ];

    public static readonly FrozenDictionary<string, FlagDefinition> ByName = All.ToFrozenDictionary(
        flag => flag.Name,
        StringComparer.Ordinal
    );
}
