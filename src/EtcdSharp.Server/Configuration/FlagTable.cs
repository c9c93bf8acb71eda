using System.Collections.Frozen;
using EtcdSharp.Node.Peers;
using EtcdSharp.Replica.Apply;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Server.Configuration;

/// <summary>
/// Every flag of etcd 3.7 and our own under a heading of theirs: one row is all that is known of a flag. From it come the command line,
/// the variable, the key of the file, <c>--help</c>, docs/flags.md, the checks and the default in <see cref="MemberOptions"/>, where
/// <see cref="MemberOptions.Of{T}"/> gives the value. CONTRIBUTING.md shows how one is added.
/// </summary>
internal static class FlagTable
{
    private static readonly FlagSection s_member = new("Member");
    private static readonly FlagSection s_clustering = new("Clustering");
    private static readonly FlagSection s_security = new("Security");
    private static readonly FlagSection s_auth = new("Auth");
    private static readonly FlagSection s_monitoring = new("Profiling and Monitoring");
    public static readonly FlagSection Logging = new("Logging");
    private static readonly FlagSection s_tracing = new("Distributed tracing");
    private static readonly FlagSection s_features = new("Features");
    private static readonly FlagSection s_own = new("EtcdSharp");
    private static readonly FlagSection s_unsafe = new("Unsafe feature");

    // csharpier-ignore-start - a table reads best with one row a line.
    public static readonly Flag<string> Name = new(s_member, "name", FlagKind.Text, "default", "Name of this member, as people read it.", FlagText.Same);
    public static readonly Flag<string> DataDirectory = new(s_member, "data-dir", FlagKind.Text, "", "Directory for everything this member stores; ${name}.etcd when empty.", FlagText.Same);
    public static readonly Flag<string?> WalDirectory = new(s_member, "wal-dir", FlagKind.Text, "", "Directory for the write-ahead log, when it lies on another disk than the rest.", FlagText.OrNone);
    public static readonly Flag<ulong> SnapshotCount = new(s_member, "snapshot-count", FlagKind.Unsigned, "10000", "Applied entries after which a snapshot is written and the log before it is released.", FlagText.Unsigned) { StandsForDefault = FlagText.IsZero };
    public static readonly Flag<int> HeartbeatMs = new(s_member, "heartbeat-interval", FlagKind.Unsigned, "100", "Milliseconds between two heartbeats of the leader.", FlagText.Count);
    public static readonly Flag<int> ElectionMs = new(s_member, "election-timeout", FlagKind.Unsigned, "1000", "Milliseconds without a leader after which an election begins.", FlagText.Count);
    public static readonly Flag<bool> InitialElectionTickAdvance = new(s_member, "initial-election-tick-advance", FlagKind.Boolean, "true", "Shorten the first election timeout after a start.", FlagText.Switch);
    public static readonly Flag<IReadOnlyList<string>> ListenPeerUrls = new(s_member, "listen-peer-urls", FlagKind.Urls, "http://localhost:2380", "URLs on which the other members reach this one.", FlagText.Urls);
    public static readonly Flag<IReadOnlyList<string>> ListenClientUrls = new(s_member, "listen-client-urls", FlagKind.Urls, "http://localhost:2379", "URLs on which clients are served, gRPC and HTTP alike.", FlagText.Urls);
    public static readonly Flag<IReadOnlyList<string>> ListenClientHttpUrls = new(s_member, "listen-client-http-urls", FlagKind.Urls, "", "URLs for HTTP clients alone; the URLs above then serve gRPC alone.", FlagText.Urls);
    public static readonly Flag<int> MaxSnapshotFiles = new(s_member, "max-snapshots", FlagKind.Unsigned, "5", "Snapshot files kept; 0 keeps all.", FlagText.Count) { Status = FlagStatus.Deprecated, Warning = "--max-snapshots is deprecated in 3.6 and will be decommissioned in 3.8." };
    public static readonly Flag<int> MaxWalFiles = new(s_member, "max-wals", FlagKind.Unsigned, "5", "Write-ahead log segments kept; 0 keeps all.", FlagText.Count);
    public static readonly Flag<bool> MemoryMlock = new(s_member, "memory-mlock", FlagKind.Boolean, "false", "Lock the pages of the process in memory.", FlagText.Switch) { Support = FlagSupport.NotBuilt, Since = "3.6", FormerName = "experimental-memory-mlock" };
    public static readonly Flag<long> QuotaBackendBytes = new(s_member, "quota-backend-bytes", FlagKind.Integer, "0", "Size of the store in bytes at which writes are refused; 0 means 2 GiB, a negative number no limit.", static text => FlagText.Signed(text) is var bytes && bytes == 0 ? Quota.DefaultBytes : bytes);
    public static readonly Flag<string> BackendBboltFreelistType = new(s_member, "backend-bbolt-freelist-type", FlagKind.Text, "", "array or map; the free list has one form here and the choice changes nothing.", FlagText.Same) { Support = FlagSupport.Accepted };
    public static readonly Flag<int> BackendBatchIntervalMs = new(s_member, "backend-batch-interval", FlagKind.Duration, "", "Longest time between two commits of the store file; 100ms when empty.", static text => FlagText.Milliseconds(text) is var time && time > 0 ? time : BackendOptions.CommitIntervalMsDefault);
    public static readonly Flag<int> BackendBatchLimit = new(s_member, "backend-batch-limit", FlagKind.Integer, "0", "Most operations between two commits of the store file; 10000 when 0.", static text => FlagText.SignedCount(text) is var limit && limit > 0 ? limit : BackendOptions.CommitOperationsDefault);
    public static readonly Flag<int> MaxTxnOperations = new(s_member, "max-txn-ops", FlagKind.Unsigned, "128", "Most operations in one transaction.", FlagText.Count);
    public static readonly Flag<int> MaxRequestBytes = new(s_member, "max-request-bytes", FlagKind.Unsigned, "1572864", "Largest request in bytes.", FlagText.Count) { Rule = ConfigurationRules.RequestBytes };
    public static readonly Flag<long> MaxConcurrentStreams = new(s_member, "max-concurrent-streams", FlagKind.Unsigned32, "4294967295", "Most streams that one client connection may hold open.", FlagText.Signed);
    public static readonly Flag<TimeSpan> KeepAliveMinTime = new(s_member, "grpc-keepalive-min-time", FlagKind.Duration, "5s", "Clients that ping more often than this are disconnected.", FlagText.Duration);
    public static readonly Flag<TimeSpan> KeepAliveInterval = new(s_member, "grpc-keepalive-interval", FlagKind.Duration, "2h", "Idle time after which the server pings a client; 0 never.", FlagText.Duration);
    public static readonly Flag<TimeSpan> KeepAliveTimeout = new(s_member, "grpc-keepalive-timeout", FlagKind.Duration, "20s", "Time for the answer to such a ping before the connection is closed.", FlagText.Duration);
    public static readonly Flag<bool> SocketReusePort = new(s_member, "socket-reuse-port", FlagKind.Boolean, "false", "Set SO_REUSEPORT on the listening sockets.", FlagText.Switch) { KeyInFile = "socket-options/reuse-port" };
    public static readonly Flag<bool> SocketReuseAddress = new(s_member, "socket-reuse-address", FlagKind.Boolean, "false", "Set SO_REUSEADDR on the listening sockets.", FlagText.Switch) { KeyInFile = "socket-options/reuse-address" };
    public static readonly Flag<bool> GrpcGateway = new(s_member, "enable-grpc-gateway", FlagKind.Boolean, "true", "JSON over HTTP for the gRPC services.", FlagText.Switch) { Support = FlagSupport.NotBuilt };
    public static readonly Flag<TimeSpan> PeerReadTimeout = new(s_member, "raft-read-timeout", FlagKind.Duration, "5s", "Time without a byte after which what another member sends is given up; 5s at least.", FlagText.Wait) { StandsForDefault = static text => FlagText.Duration(text) < PeerProtocol.SilenceMax };
    public static readonly Flag<TimeSpan> PeerWriteTimeout = new(s_member, "raft-write-timeout", FlagKind.Duration, "5s", "Time after which a connection to another member that takes nothing is given up; 5s at least.", FlagText.Wait) { StandsForDefault = static text => FlagText.Duration(text) < PeerProtocol.SilenceMax };
    public static readonly Flag<string> FeatureGates = new(s_member, "feature-gates", FlagKind.FeatureGates, "", "Pairs Name=true|false that switch features on or off.", static text => Configuration.FeatureGates.Parse(text, out _)?.ToString() ?? text) { AbsentInFile = "", Since = "3.6", Rule = static text => Configuration.FeatureGates.Parse(text, out var problem) is null ? problem : null };

    public static readonly Flag<IReadOnlyList<string>> AdvertisePeerUrls = new(s_clustering, "initial-advertise-peer-urls", FlagKind.Urls, "http://localhost:2380", "URLs of this member that the other members are told.", FlagText.Urls);
    public static readonly Flag<IReadOnlyList<(string Name, string PeerUrl)>> InitialCluster = new(s_clustering, "initial-cluster", FlagKind.Text, "default=http://localhost:2380", "All first members as name=URL pairs.", FlagText.Members);
    public static readonly Flag<bool> NewCluster = new(s_clustering, "initial-cluster-state", FlagKind.Choice, "new", "new for a new cluster, existing to join one that runs.", static text => text == "new") { Choices = ["new", "existing"], AbsentInFile = "" };
    public static readonly Flag<string> InitialClusterToken = new(s_clustering, "initial-cluster-token", FlagKind.Text, "etcd-cluster", "A word that keeps clusters apart that are built alike.", FlagText.Same);
    public static readonly Flag<IReadOnlyList<string>?> AdvertiseClientUrls = new(s_clustering, "advertise-client-urls", FlagKind.Urls, "http://localhost:2379", "URLs of this member that clients are told.", FlagText.Urls);
    public static readonly Flag<string> Discovery = new(s_clustering, "discovery", FlagKind.Text, "", "Discovery service of API version 2.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "", Status = FlagStatus.Deprecated };
    public static readonly Flag<string> DiscoveryToken = new(s_clustering, "discovery-token", FlagKind.Text, "", "Token of the cluster to be discovered.", FlagText.Same) { KeyInFile = "discovery-config/token", Since = "3.6" };
    public static readonly Flag<IReadOnlyList<string>> DiscoveryEndpoints = new(s_clustering, "discovery-endpoints", FlagKind.List, "", "Endpoints of the cluster that knows the members.", FlagText.Words) { KeyInFile = "discovery-config/client/endpoints", Since = "3.6" };
    public static readonly Flag<TimeSpan> DiscoveryDialTimeout = new(s_clustering, "discovery-dial-timeout", FlagKind.Duration, "2s", "Time to connect to the discovery endpoints.", FlagText.Wait) { KeyInFile = "discovery-config/client/dial-timeout", Since = "3.6" };
    public static readonly Flag<TimeSpan> DiscoveryRequestTimeout = new(s_clustering, "discovery-request-timeout", FlagKind.Duration, "5s", "Time for one discovery request.", FlagText.Wait) { KeyInFile = "discovery-config/client/request-timeout", Since = "3.6" };
    public static readonly Flag<TimeSpan> DiscoveryKeepaliveTime = new(s_clustering, "discovery-keepalive-time", FlagKind.Duration, "2s", "Time between pings to the discovery endpoints.", FlagText.Duration) { Support = FlagSupport.Accepted, KeyInFile = "discovery-config/client/keepalive-time", Since = "3.6" };
    public static readonly Flag<TimeSpan> DiscoveryKeepaliveTimeout = new(s_clustering, "discovery-keepalive-timeout", FlagKind.Duration, "6s", "Time for the answer to such a ping.", FlagText.Duration) { Support = FlagSupport.Accepted, KeyInFile = "discovery-config/client/keepalive-timeout", Since = "3.6" };
    public static readonly Flag<bool> DiscoveryInsecureTransport = new(s_clustering, "discovery-insecure-transport", FlagKind.Boolean, "true", "Discovery without TLS.", FlagText.Switch) { Support = FlagSupport.NotBuilt, KeyInFile = "discovery-config/client/secure/insecure-transport", Since = "3.6" };
    public static readonly Flag<bool> DiscoveryInsecureSkipTlsVerify = new(s_clustering, "discovery-insecure-skip-tls-verify", FlagKind.Boolean, "false", "Discovery without checking the server certificate.", FlagText.Switch) { Support = FlagSupport.NotBuilt, KeyInFile = "discovery-config/client/secure/insecure-skip-tls-verify", Since = "3.6" };
    public static readonly Flag<string> DiscoveryCert = new(s_clustering, "discovery-cert", FlagKind.Text, "", "Client certificate file for discovery.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "discovery-config/client/secure/cert", Since = "3.6" };
    public static readonly Flag<string> DiscoveryKey = new(s_clustering, "discovery-key", FlagKind.Text, "", "Client key file for discovery.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "discovery-config/client/secure/key", Since = "3.6" };
    public static readonly Flag<string> DiscoveryCacert = new(s_clustering, "discovery-cacert", FlagKind.Text, "", "CA bundle file for discovery.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "discovery-config/client/secure/cacert", Since = "3.6" };
    public static readonly Flag<string> DiscoveryUser = new(s_clustering, "discovery-user", FlagKind.Text, "", "User for discovery.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "discovery-config/client/auth/username", Since = "3.6" };
    public static readonly Flag<string> DiscoveryPassword = new(s_clustering, "discovery-password", FlagKind.Text, "", "Password for discovery.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "discovery-config/client/auth/password", Since = "3.6" };
    public static readonly Flag<string> DiscoveryFallback = new(s_clustering, "discovery-fallback", FlagKind.Choice, "exit", "What to do when discovery fails; only exit.", FlagText.Same) { Support = FlagSupport.Accepted, KeyInFile = "", Choices = ["exit", "proxy"], Status = FlagStatus.Deprecated, Rule = ConfigurationRules.Fallback };
    public static readonly Flag<string> DiscoveryProxy = new(s_clustering, "discovery-proxy", FlagKind.Text, "", "HTTP proxy to the discovery service.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "", Status = FlagStatus.Deprecated };
    public static readonly Flag<string> DiscoverySrv = new(s_clustering, "discovery-srv", FlagKind.Text, "", "DNS domain whose SRV records name the members.", FlagText.Same);
    public static readonly Flag<string> DiscoverySrvName = new(s_clustering, "discovery-srv-name", FlagKind.Text, "", "Suffix of the service name in those records.", FlagText.Same);
    public static readonly Flag<bool> StrictReconfigCheck = new(s_clustering, "strict-reconfig-check", FlagKind.Boolean, "true", "Refuse membership changes that would lose the quorum.", FlagText.Switch);
    public static readonly Flag<bool> PreVote = new(s_clustering, "pre-vote", FlagKind.Boolean, "true", "Ask before an election whether it could be won, so that a returning member does not disturb.", FlagText.Switch);
    public static readonly Flag<string> AutoCompactionRetention = new(s_clustering, "auto-compaction-retention", FlagKind.Text, "0", "How much history automatic compaction keeps; 0 switches it off.", FlagText.Same);
    public static readonly Flag<string> AutoCompactionMode = new(s_clustering, "auto-compaction-mode", FlagKind.Text, "periodic", "periodic: the retention is a time; revision: it is a number of revisions.", FlagText.Same) { Rule = ConfigurationRules.CompactionMode };
    public static readonly Flag<string> V2Deprecation = new(s_clustering, "v2-deprecation", FlagKind.Choices, "write-only", "Phase of the end of API version 2; nothing of it is left to end here.", FlagText.Same) { Support = FlagSupport.Accepted, Choices = ["write-only", "write-only-skip-check", "write-only-drop-data", "gone"], Status = FlagStatus.Deprecated, Warning = "--v2-deprecation is deprecated and scheduled for removal in v3.8. The default value is enforced, ignoring user input.", Rule = ConfigurationRules.Deprecation };

    public static readonly Flag<string> CertFile = new(s_security, "cert-file", FlagKind.Text, "", "Server certificate file for clients.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "client-transport-security/cert-file" };
    public static readonly Flag<string> KeyFile = new(s_security, "key-file", FlagKind.Text, "", "Server key file for clients.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "client-transport-security/key-file" };
    public static readonly Flag<bool> ClientCertAuth = new(s_security, "client-cert-auth", FlagKind.Boolean, "false", "Ask clients for a certificate.", FlagText.Switch) { Support = FlagSupport.NotBuilt, KeyInFile = "client-transport-security/client-cert-auth" };
    public static readonly Flag<string> ClientCertFile = new(s_security, "client-cert-file", FlagKind.Text, "", "Certificate file of the server as a client of itself.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "client-transport-security/client-cert-file" };
    public static readonly Flag<string> ClientKeyFile = new(s_security, "client-key-file", FlagKind.Text, "", "Key file of the server as a client of itself.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "client-transport-security/client-key-file" };
    public static readonly Flag<string> ClientCrlFile = new(s_security, "client-crl-file", FlagKind.Text, "", "Revocation list file for client certificates.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "" };
    public static readonly Flag<IReadOnlyList<string>> ClientCertAllowedHostname = new(s_security, "client-cert-allowed-hostname", FlagKind.List, "", "Host names that client certificates may carry.", FlagText.Words) { Support = FlagSupport.NotBuilt, KeyInFile = "client-transport-security/allowed-hostname" };
    public static readonly Flag<string> TrustedCaFile = new(s_security, "trusted-ca-file", FlagKind.Text, "", "CA file for client certificates.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "client-transport-security/trusted-ca-file" };
    public static readonly Flag<bool> AutoTls = new(s_security, "auto-tls", FlagKind.Boolean, "false", "TLS for clients with a certificate made at the start.", FlagText.Switch) { Support = FlagSupport.NotBuilt, KeyInFile = "client-transport-security/auto-tls" };
    public static readonly Flag<string> PeerCertFile = new(s_security, "peer-cert-file", FlagKind.Text, "", "Certificate file for peers.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "peer-transport-security/cert-file" };
    public static readonly Flag<string> PeerKeyFile = new(s_security, "peer-key-file", FlagKind.Text, "", "Key file for peers.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "peer-transport-security/key-file" };
    public static readonly Flag<bool> PeerClientCertAuth = new(s_security, "peer-client-cert-auth", FlagKind.Boolean, "false", "Ask peers for a certificate.", FlagText.Switch) { Support = FlagSupport.NotBuilt, KeyInFile = "peer-transport-security/client-cert-auth" };
    public static readonly Flag<string> PeerClientCertFile = new(s_security, "peer-client-cert-file", FlagKind.Text, "", "Certificate file of this member as a client of its peers.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "peer-transport-security/client-cert-file" };
    public static readonly Flag<string> PeerClientKeyFile = new(s_security, "peer-client-key-file", FlagKind.Text, "", "Key file of this member as a client of its peers.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "peer-transport-security/client-key-file" };
    public static readonly Flag<string> PeerTrustedCaFile = new(s_security, "peer-trusted-ca-file", FlagKind.Text, "", "CA file for peer certificates.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "peer-transport-security/trusted-ca-file" };
    public static readonly Flag<IReadOnlyList<string>> PeerCertAllowedCn = new(s_security, "peer-cert-allowed-cn", FlagKind.List, "", "Common names that peer certificates may carry.", FlagText.Words) { Support = FlagSupport.NotBuilt, KeyInFile = "peer-transport-security/allowed-cn" };
    public static readonly Flag<IReadOnlyList<string>> PeerCertAllowedHostname = new(s_security, "peer-cert-allowed-hostname", FlagKind.List, "", "Host names that peer certificates may carry.", FlagText.Words) { Support = FlagSupport.NotBuilt, KeyInFile = "peer-transport-security/allowed-hostname" };
    public static readonly Flag<bool> PeerAutoTls = new(s_security, "peer-auto-tls", FlagKind.Boolean, "false", "TLS between members with certificates made at the start.", FlagText.Switch) { Support = FlagSupport.NotBuilt, KeyInFile = "peer-transport-security/auto-tls" };
    public static readonly Flag<ulong> SelfSignedCertValidity = new(s_security, "self-signed-cert-validity", FlagKind.Unsigned, "1", "Years for which certificates made at the start are valid.", FlagText.Unsigned) { Support = FlagSupport.NotBuilt, AbsentInFile = "0" };
    public static readonly Flag<string> PeerCrlFile = new(s_security, "peer-crl-file", FlagKind.Text, "", "Revocation list file for peer certificates.", FlagText.Same) { Support = FlagSupport.NotBuilt, KeyInFile = "" };
    public static readonly Flag<IReadOnlyList<string>> CipherSuites = new(s_security, "cipher-suites", FlagKind.List, "", "TLS cipher suites; empty leaves the choice to the runtime.", FlagText.Words) { Support = FlagSupport.NotBuilt };
    public static readonly Flag<IReadOnlyList<string>> Cors = new(s_security, "cors", FlagKind.Origins, "*", "Origins that may call from a browser; * for all.", FlagText.Words) { AbsentInFile = "" };
    public static readonly Flag<IReadOnlyList<string>> HostWhitelist = new(s_security, "host-whitelist", FlagKind.Text, "*", "Host names that HTTP clients may use without TLS; * for all.", FlagText.Words) { AbsentInFile = "" };
    public static readonly Flag<string> TlsMinVersion = new(s_security, "tls-min-version", FlagKind.Text, "TLS1.2", "Lowest TLS version.", FlagText.Same) { Support = FlagSupport.NotBuilt };
    public static readonly Flag<string> TlsMaxVersion = new(s_security, "tls-max-version", FlagKind.Text, "", "Highest TLS version.", FlagText.Same) { Support = FlagSupport.NotBuilt };

    public static readonly Flag<string> AuthToken = new(s_auth, "auth-token", FlagKind.Text, "simple", "Kind of token that users get: simple or jwt with its options.", FlagText.Same);
    public static readonly Flag<int> BcryptCost = new(s_auth, "bcrypt-cost", FlagKind.Unsigned, "10", "Cost of hashing passwords.", FlagText.Count);
    public static readonly Flag<TimeSpan> AuthTokenTtl = new(s_auth, "auth-token-ttl", FlagKind.Unsigned, "300", "Seconds for which a token is valid.", static text => TimeSpan.FromSeconds(FlagText.Count(text))) { StandsForDefault = FlagText.IsZero };

    public static readonly Flag<bool> EnablePprof = new(s_monitoring, "enable-pprof", FlagKind.Boolean, "false", "Go profiles over HTTP; use dotnet-trace and dotnet-counters with this program.", FlagText.Switch) { Support = FlagSupport.NotBuilt };
    public static readonly Flag<bool> ExtensiveMetrics = new(s_monitoring, "metrics", FlagKind.Text, "basic", "basic, or extensive for latency histograms of every gRPC method.", static text => text == "extensive");
    public static readonly Flag<IReadOnlyList<string>> ListenMetricsUrls = new(s_monitoring, "listen-metrics-urls", FlagKind.Urls, "", "Further URLs that serve /metrics, /health, /livez and /readyz.", FlagText.Urls);

    public static readonly Flag<string> Logger = new(Logging, "logger", FlagKind.Text, "zap", "Only zap: JSON lines in the shape of that logger.", FlagText.Same) { Rule = LogRules.Logger };
    public static readonly Flag<IReadOnlyList<string>> LogOutputs = new(Logging, "log-outputs", FlagKind.List, "default", "stdout, stderr, default (stderr) or files.", LogRules.OutputsOf) { Rule = LogRules.Outputs };
    public static readonly Flag<string> LogLevel = new(Logging, "log-level", FlagKind.Text, "info", "debug, info, warn, error, panic or fatal.", static text => text.ToLowerInvariant()) { StandsForDefault = string.IsNullOrEmpty, Rule = LogRules.Level };
    public static readonly Flag<string> LogFormat = new(Logging, "log-format", FlagKind.Text, "json", "json or console.", FlagText.Same) { Since = "3.6", StandsForDefault = string.IsNullOrEmpty, Rule = LogRules.Format };
    public static readonly Flag<bool> EnableLogRotation = new(Logging, "enable-log-rotation", FlagKind.Boolean, "false", "Rotate the log file by size and age.", FlagText.Switch) { Support = FlagSupport.NotBuilt };
    public static readonly Flag<string> LogRotationConfig = new(Logging, "log-rotation-config-json", FlagKind.Text, "{\"maxsize\": 100, \"maxage\": 0, \"maxbackups\": 0, \"localtime\": false, \"compress\": false}", "Sizes and ages for log rotation.", FlagText.Same) { Support = FlagSupport.NotBuilt };
    public static readonly Flag<TimeSpan> WarningUnaryRequestDuration = new(Logging, "warning-unary-request-duration", FlagKind.Duration, "300ms", "Requests that take longer are logged.", FlagText.Duration) { Since = "3.6", FormerName = "experimental-warning-unary-request-duration", StandsForDefault = FlagText.IsNoTime };

    public static readonly Flag<bool> EnableDistributedTracing = new(s_tracing, "enable-distributed-tracing", FlagKind.Boolean, "false", "Send OpenTelemetry traces.", FlagText.Switch) { Support = FlagSupport.NotBuilt, Since = "3.6", FormerName = "experimental-enable-distributed-tracing" };
    public static readonly Flag<string> DistributedTracingAddress = new(s_tracing, "distributed-tracing-address", FlagKind.Text, "localhost:4317", "Collector for the traces.", FlagText.Same) { Support = FlagSupport.NotBuilt, Since = "3.6", FormerName = "experimental-distributed-tracing-address" };
    public static readonly Flag<string> DistributedTracingServiceName = new(s_tracing, "distributed-tracing-service-name", FlagKind.Text, "etcd", "Service name in the traces.", FlagText.Same) { Support = FlagSupport.NotBuilt, Since = "3.6", FormerName = "experimental-distributed-tracing-service-name" };
    public static readonly Flag<string> DistributedTracingInstanceId = new(s_tracing, "distributed-tracing-instance-id", FlagKind.Text, "", "Instance id in the traces.", FlagText.Same) { Support = FlagSupport.NotBuilt, Since = "3.6", FormerName = "experimental-distributed-tracing-instance-id" };
    public static readonly Flag<long> DistributedTracingSamplingRate = new(s_tracing, "distributed-tracing-sampling-rate", FlagKind.Integer, "0", "Traces kept per million.", FlagText.Signed) { Support = FlagSupport.NotBuilt, Since = "3.6", FormerName = "experimental-distributed-tracing-sampling-rate" };

    public static readonly Flag<TimeSpan> CorruptCheckTime = new(s_features, "corrupt-check-time", FlagKind.Duration, "0s", "Time between two comparisons of the members' data; 0 never.", FlagText.Period) { Since = "3.6", FormerName = "experimental-corrupt-check-time", Rule = ConfigurationRules.CorruptCheckTime };
    public static readonly Flag<TimeSpan> CompactHashCheckTime = new(s_features, "compact-hash-check-time", FlagKind.Duration, "1m", "Time between two comparisons of the hashes taken at compactions.", FlagText.Period) { Since = "3.6", FormerName = "experimental-compact-hash-check-time", Rule = ConfigurationRules.CompactHashCheckTime };
    public static readonly Flag<int> CompactionBatchLimit = new(s_features, "compaction-batch-limit", FlagKind.Integer, "1000", "Revisions removed in one step of a compaction.", FlagText.SignedCount) { Since = "3.6", FormerName = "experimental-compaction-batch-limit", StandsForDefault = FlagText.IsZero, Rule = ConfigurationRules.CompactionBatch };
    public static readonly Flag<bool> PeerSkipClientSanVerification = new(s_features, "peer-skip-client-san-verification", FlagKind.Boolean, "false", "Do not check the host names in peer certificates.", FlagText.Switch) { Support = FlagSupport.NotBuilt, KeyInFile = "peer-transport-security/skip-client-san-verification", Since = "3.6", FormerName = "experimental-peer-skip-client-san-verification" };
    public static readonly Flag<TimeSpan> WatchProgressInterval = new(s_features, "watch-progress-notify-interval", FlagKind.Duration, "10m", "Time between two progress notifications to idle watchers.", FlagText.Wait) { Since = "3.6", FormerName = "experimental-watch-progress-notify-interval", StandsForDefault = static text => FlagText.Duration(text) <= TimeSpan.Zero };
    public static readonly Flag<int> WarningApplyMs = new(s_features, "warning-apply-duration", FlagKind.Duration, "100ms", "Applied requests that take longer are logged.", FlagText.Milliseconds) { Since = "3.6", FormerName = "experimental-warning-apply-duration" };
    public static readonly Flag<ulong> BootstrapDefragThresholdMegabytes = new(s_features, "bootstrap-defrag-threshold-megabytes", FlagKind.Unsigned, "0", "Defragment at the start when that frees at least so many megabytes.", FlagText.Unsigned) { Since = "3.6", FormerName = "experimental-bootstrap-defrag-threshold-megabytes" };
    public static readonly Flag<int> MaxLearners = new(s_features, "max-learners", FlagKind.Integer, "1", "Most learners in the cluster.", FlagText.SignedCount) { Since = "3.6", Rule = ConfigurationRules.Learners };
    public static readonly Flag<int> CompactionSleepMs = new(s_features, "compaction-sleep-interval", FlagKind.Duration, "10ms", "Pause between two steps of a compaction.", static text => Math.Max(0, FlagText.Milliseconds(text))) { Since = "3.6", FormerName = "experimental-compaction-sleep-interval", StandsForDefault = FlagText.IsNoTime };
    public static readonly Flag<TimeSpan> DowngradeCheckTime = new(s_features, "downgrade-check-time", FlagKind.Duration, "5s", "Time between two looks at the state of a downgrade.", FlagText.Period) { Since = "3.6", FormerName = "experimental-downgrade-check-time" };
    public static readonly Flag<ulong> SnapshotCatchUpEntries = new(s_features, "snapshot-catchup-entries", FlagKind.Unsigned, "5000", "Log entries kept behind a snapshot for slow members.", FlagText.Unsigned) { Since = "3.6", FormerName = "experimental-snapshot-catchup-entries", StandsForDefault = FlagText.IsZero };

    public static readonly Flag<string> EmulatedVersion = new(s_own, "emulated-version", FlagKind.Text, "3.7", "3.5, 3.6 or 3.7: the release to act as; the data directory can go back to etcd of that release.", FlagText.Same) { Since = "", Rule = ConfigurationRules.Emulated };

    public static readonly Flag<bool> ForceNewCluster = new(s_unsafe, "force-new-cluster", FlagKind.Boolean, "false", "Start as the only member of a new cluster from this data directory.", FlagText.Switch);
    public static readonly Flag<bool> UnsafeNoFsync = new(s_unsafe, "unsafe-no-fsync", FlagKind.Boolean, "false", "Never wait for the disk: loses acknowledged writes at a power failure.", FlagText.Switch);
    // csharpier-ignore-end

    public static readonly FlagSet Flags = new([
        s_member,
        s_clustering,
        s_security,
        s_auth,
        s_monitoring,
        Logging,
        s_tracing,
        s_features,
        s_own,
        s_unsafe,
    ]);

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
}
