using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;

namespace EtcdSharp.Client;

/// <summary>
/// A call that etcd refused, or that got no answer. Compare <see cref="Error"/> with the members of
/// <see cref="EtcdError"/>: <c>catch (EtcdException e) when (e.Error == EtcdError.LeaseNotFound)</c>.
/// </summary>
public sealed class EtcdException : Exception
{
    /// <summary>One of etcd's own errors.</summary>
    public EtcdException(EtcdError error)
        : this(
            (StatusCode)(error ?? throw new ArgumentNullException(nameof(error))).Code,
            error.Message,
            error,
            outcomeUnknown: false,
            null
        ) { }

    /// <summary>A failure that is in no table.</summary>
    public EtcdException(StatusCode code, string message, bool outcomeUnknown = false)
        : this(code, message, EtcdErrors.Find(message), outcomeUnknown, null) { }

    internal EtcdException(StatusCode code, string message, EtcdError? error, bool outcomeUnknown, Exception? inner)
        : base(message, inner)
    {
        Code = code;
        Error = error;
        OutcomeUnknown = outcomeUnknown;
    }

    /// <summary>The status of the call.</summary>
    public StatusCode Code { get; }

    /// <summary>Which of etcd's errors it is; null for a failure of the network or of another program in between.</summary>
    public EtcdError? Error { get; }

    /// <summary>
    /// True for a write that may have happened although it failed: it was sent, and the connection was lost or the time was
    /// up; or the answer was <see cref="EtcdError.NoSpace"/>, which a member also gives for the write that filled its file.
    /// The client never repeats such a write. False: it surely did not happen. Always false for reads.
    /// </summary>
    public bool OutcomeUnknown { get; }

    /// <summary>For a watch from a revision that is no more: the oldest revision that still is. Otherwise 0.</summary>
    public long CompactRevision { get; init; }

    /// <summary>For a watch that the server ended: the header of its last answer. Otherwise null.</summary>
    public ResponseHeader? Header { get; init; }
}
