using EtcdSharp.Api;

namespace EtcdSharp.Edge.Http;

/// <summary>What the plain HTTP endpoints ask of the member.</summary>
internal interface IMemberState
{
    IReadOnlyList<AlarmMember> Alarms { get; }

    bool HasLeader { get; }

    bool IsLearner { get; }

    /// <summary>How long a request may take before its caller is told that it timed out.</summary>
    TimeSpan RequestTimeout { get; }

    /// <summary>The release that the member acts as: <c>3.7.1</c> unless an older one is emulated.</summary>
    string ServerVersion { get; }

    /// <summary>As <c>3.7.0</c>; null while the cluster has not decided.</summary>
    string? ClusterVersion { get; }

    /// <summary>As <c>3.7.0</c>; null while it is unknown.</summary>
    string? StorageVersion { get; }

    /// <summary>Reads one key the way a client would; the error's text, or null when the read was answered.</summary>
    ValueTask<string?> ProbeReadAsync(bool serializable, CancellationToken cancellation);
}
