using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace EtcdSharp.Grpc.Server;

/// <summary>
/// One call as its handler and the stages in front of it see it: what is asked, who asks, until when, and what it has cost. It belongs to
/// the call until the handler's task completes and may then serve another one: nobody may keep it longer.
/// </summary>
public abstract partial class CallContext
{
    private const int DeadlineNone = -1;

    /// <summary>A caller who gives less time than this cannot be answered in it; the call does not run.</summary>
    private static readonly TimeSpan UsefulTimeoutMin = TimeSpan.FromMicroseconds(10);

    private ServerMethod method = null!;
    private long deadlineMs = DeadlineNone;

    private protected CallContext(CallTable table) => Table = table;

    /// <summary>The full name of the service, e.g. <c>etcdserverpb.KV</c>.</summary>
    public string Service => method.Service;

    public string MethodName => method.Name;

    public GrpcMethodKind Kind => method.Kind;

    /// <summary>The full name of the method, e.g. <c>/etcdserverpb.KV/Put</c>.</summary>
    public string Path => method.Path;

    public CallRule Rule => method.Rule;

    /// <summary>When the call began, on the clock of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long StartTimestamp { get; private set; }

    /// <summary>Bytes of the request messages so far, after decompression.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Bytes of the response messages so far, before compression.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Whatever a stage found out for the handler, such as who is calling.</summary>
    public object? State { get; set; }

    public bool HasDeadline => deadlineMs != DeadlineNone;

    /// <summary>How long the caller is still willing to wait; never negative, <see cref="TimeSpan.MaxValue"/> without a deadline.</summary>
    public TimeSpan Remaining =>
        HasDeadline ? TimeSpan.FromMilliseconds(Math.Max(0, deadlineMs - Environment.TickCount64)) : TimeSpan.MaxValue;

    /// <summary>The other end of the connection; null on a unix socket and within the process.</summary>
    public abstract EndPoint? Peer { get; }

    /// <summary>The client's certificate, where TLS asked for one.</summary>
    public abstract X509Certificate2? ClientCertificate { get; }

    internal CallTable Table { get; }

    internal abstract IRequestReader Requests { get; }

    internal abstract IAnswerWriter Answers { get; }

    internal bool EndsWithStreams => method.EndsWithStreams;

    internal bool IsTooLate => HasDeadline && Environment.TickCount64 >= deadlineMs;

    internal GrpcMethodCounters Counters => method.Counters;

    /// <summary>The value of a request header, or null; the last where there are several.</summary>
    public abstract string? Header(string name);

    /// <summary>As <see cref="Header"/>; the first where there are several.</summary>
    public abstract string? FirstHeader(string name);

    /// <summary>The bytes of a request header whose name ends in <c>-bin</c>; null where it is missing or not base64.</summary>
    public byte[]? BinaryHeader(string name) => GrpcMetadata.DecodeBinary(Header(name));

    /// <summary>Only before the first message is written.</summary>
    public abstract void AddHeader(string name, string value);

    public abstract void AddTrailer(string name, string value);

    /// <summary>Binds the call to its method, from where on it can be cancelled.</summary>
    internal void Enter(ServerMethod found)
    {
        method = found;
        BeginCancellation();
    }

    internal void SetTimeout(TimeSpan timeout)
    {
        // A deadline of years is none: the arithmetic stays far away from overflow.
        long milliseconds =
            timeout < UsefulTimeoutMin ? 0 : Math.Min((long)Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue);
        deadlineMs = Environment.TickCount64 + milliseconds;
    }

    /// <summary>The last act of every call that has entered its method.</summary>
    internal void Finish(GrpcStatus status)
    {
        EndCancellation();
        Complete(status);
    }

    /// <summary>The object may have served another call before.</summary>
    private protected void Restart()
    {
        StartTimestamp = System.Diagnostics.Stopwatch.GetTimestamp();
        ReceivedBytes = 0;
        SentBytes = 0;
        deadlineMs = DeadlineNone;
        State = null;
    }

    /// <summary>Tells the client how it ended; nobody cancels the call any more.</summary>
    private protected abstract void Complete(GrpcStatus status);
}
