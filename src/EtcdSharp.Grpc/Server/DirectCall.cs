using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace EtcdSharp.Grpc.Server;

/// <summary>
/// A call that is bound to no connection: the process itself makes it, or whoever has taken a request out of another protocol. For one
/// call; what the handler answered is with the writer, the rest here, once <see cref="CallTable.InvokeAsync"/> has come back.
/// </summary>
internal sealed class DirectCall : CallContext
{
    private readonly CallOrigin origin;
    private bool isAnswered;

    /// <param name="table">Where the call is to go.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="requests">What is asked.</param>
    /// <param name="answers">Who takes the answer away.</param>
    /// <param name="gone">Cancelled when the caller gives up.</param>
    public DirectCall(
        CallTable table,
        in CallOrigin origin,
        IRequestReader requests,
        IAnswerWriter answers,
        CancellationToken gone
    )
        : base(table)
    {
        this.origin = origin;
        Requests = requests;
        Answers = answers;
        ClientGone = gone;
        Restart();
        if (origin.Timeout is { } timeout)
        {
            SetTimeout(timeout);
        }
    }

    public override EndPoint? Peer => origin.Peer;

    public override X509Certificate2? ClientCertificate => origin.Certificate;

    /// <summary>Of the answer; complete with its first message.</summary>
    public GrpcMetadata Headers { get; } = [];

    /// <summary>What goes with the status.</summary>
    public GrpcMetadata Trailers { get; } = [];

    /// <summary>How it ended; before that, OK.</summary>
    public GrpcStatus Status { get; private set; }

    internal override IRequestReader Requests { get; }

    internal override IAnswerWriter Answers { get; }

    private protected override CancellationToken ClientGone { get; }

    public override string? Header(string name) => origin.Metadata?[name];

    public override string? FirstHeader(string name) => origin.Metadata?.First(name);

    public override void AddHeader(string name, string value)
    {
        if (SentBytes > 0 || isAnswered)
        {
            throw new InvalidOperationException("the headers have been sent already");
        }

        Headers.Add(name, value);
    }

    public override void AddTrailer(string name, string value) => Trailers.Add(name, value);

    /// <summary>Ends a call that has entered no method.</summary>
    public GrpcStatus Refuse(GrpcStatus status) => Status = status;

    private protected override void Complete(GrpcStatus status)
    {
        isAnswered = true;
        Status = status;
    }
}
