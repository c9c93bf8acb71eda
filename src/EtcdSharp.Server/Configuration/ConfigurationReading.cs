using EtcdSharp.Platform.Logging;

namespace EtcdSharp.Server.Configuration;

/// <summary>The outcome of reading command line, environment and file: something to do, or an error and its exit code.</summary>
/// <param name="Options">Those of all flags, checked; null where something is wrong or another thing was asked for.</param>
/// <param name="Error">What is wrong and what to do, in one line; null when all is right.</param>
/// <param name="ExitCode">2 for a command line that cannot be read, 1 for values that cannot be used, as etcd exits.</param>
/// <param name="Notices">Lines for the log once it is there, each with its fields.</param>
internal sealed record ConfigurationReading(
    ConfigurationRequest Request,
    MemberOptions? Options,
    string? Error,
    int ExitCode,
    IReadOnlyList<ConfigurationNotice> Notices
);
