using System.Net.Http;
using System.Runtime.InteropServices;
using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;

namespace EtcdSharp.Client;

/// <summary>What a failed call tells about whether the request was carried out. Decides what may be repeated.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct CallFailure
{
    private const long Http2RefusedStream = 7;

    /// <summary>What etcd answers when raft took no proposal: it was in nobody's log.</summary>
    private const string ProposalDropped = "raft proposal dropped";

    private readonly GrpcStatusException failure;
    private readonly bool dropped;

    public CallFailure(GrpcStatusException failure)
    {
        this.failure = failure;
        Error = EtcdErrors.Find(failure.Status.Message);
        NotSent = failure.NotSent || NeverLeft(failure);
        dropped = failure.Status.Message.EndsWith(ProposalDropped, StringComparison.Ordinal);
    }

    public EtcdError? Error { get; }

    /// <summary>No server has seen the request: there was no connection, or the server refused the stream unread.</summary>
    public bool NotSent { get; }

    /// <summary>The endpoint is not worth asking again at once.</summary>
    public bool BlamesEndpoint =>
        NotSent || (failure.Code == StatusCode.Unavailable && Error is null) || Error == EtcdError.Stopped;

    /// <summary>The member answers no such requests; a voter may.</summary>
    public bool WantsVoter => Error == EtcdError.NotSupportedForLearner;

    /// <summary>
    /// The request was refused before it could change anything. Not so "no space": a member whose file has grown full while
    /// the request was on its way carries it out and then says so, because members must not differ in what they hold.
    /// </summary>
    public bool SurelyNotDone =>
        NotSent
        || dropped
        || Error == EtcdError.NoLeader
        || Error == EtcdError.RequestTooManyRequests
        || (Error is not null && Error != EtcdError.NoSpace && IsRefusal(failure.Code))
        || (
            Error is null
            && IsRefusal(failure.Code)
            && failure.Code != StatusCode.ResourceExhausted
            && failure.InnerException is null
        );

    public bool MayRepeat(Repeat repeat) =>
        NotSent
        || dropped
        || Error == EtcdError.NoLeader
        || (repeat == Repeat.Always && (failure.Code == StatusCode.Unavailable || IsReset(failure)));

    /// <summary>The failure as the user of the client sees it.</summary>
    /// <param name="repeat">Whether the request changes something.</param>
    /// <param name="before">How the try before this one failed: it says more than that the time was up in this one.</param>
    public EtcdException ToException(Repeat repeat, GrpcStatusException? before = null) =>
        new(
            failure.Code,
            failure.Status.Message,
            Error,
            outcomeUnknown: repeat == Repeat.WhenNotDone && !SurelyNotDone,
            failure.Code == StatusCode.DeadlineExceeded && before is not null ? before : failure
        );

    /// <summary>A stream that ended so may be opened again; otherwise another try would end in the same way.</summary>
    public static bool MayReopen(StatusCode code) =>
        code
            is StatusCode.Unavailable
                or StatusCode.Internal
                or StatusCode.Cancelled
                or StatusCode.Unknown
                or StatusCode.DeadlineExceeded
                or StatusCode.Aborted
                or StatusCode.ResourceExhausted;

    private static bool IsRefusal(StatusCode code) =>
        code
            is StatusCode.InvalidArgument
                or StatusCode.NotFound
                or StatusCode.AlreadyExists
                or StatusCode.PermissionDenied
                or StatusCode.ResourceExhausted
                or StatusCode.FailedPrecondition
                or StatusCode.OutOfRange
                or StatusCode.Unimplemented
                or StatusCode.Unauthenticated;

    /// <summary>The stream was broken off, as by a server that stops: that says nothing of the request.</summary>
    private static bool IsReset(GrpcStatusException failure) =>
        failure.Code is StatusCode.Internal or StatusCode.Cancelled
        && (failure.InnerException is HttpProtocolException || failure.InnerException?.InnerException is HttpProtocolException);

    private static bool NeverLeft(Exception failure)
    {
        for (var inner = failure.InnerException; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case HttpRequestException
                {
                    HttpRequestError: HttpRequestError.ConnectionError
                        or HttpRequestError.NameResolutionError
                        or HttpRequestError.SecureConnectionError
                }:
                case HttpProtocolException { ErrorCode: Http2RefusedStream }:
                    return true;

                // The handler tells an elapsed ConnectTimeout so, and nothing else.
                case OperationCanceledException { InnerException: TimeoutException }:
                    return true;
            }
        }

        return false;
    }
}
