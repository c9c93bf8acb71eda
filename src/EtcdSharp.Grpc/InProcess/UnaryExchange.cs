using System.Buffers;

namespace EtcdSharp.Grpc.InProcess;

/// <summary>
/// The one request of a call and its one answer, both whole in memory: no pipe, no frame. A caller who gives up leaves it to the handler,
/// which may still be at work on it; only a call that has ended gives the arrays back.
/// </summary>
internal sealed class UnaryExchange(int requestBytesMax) : IRequestReader, IAnswerWriter, IDisposable
{
    private readonly RentedBuffer request = new();
    private readonly RentedBuffer answer = new();
    private bool isRead;
    private volatile bool isCancelled;

    public ReadOnlySequence<byte> Message => request.Written;

    public GrpcStatus Failure =>
        new(StatusCode.ResourceExhausted, $"grpc: received message larger than max ({request.Length} vs. {requestBytesMax})");

    public bool IsAnswered { get; private set; }

    public ReadOnlySequence<byte> Answer => answer.Written;

    public void Ask<T>(Marshaller<T> marshaller, T message)
    {
        request.Reserve(checked((int)marshaller.Size(message)));
        marshaller.Encode(message, request);
    }

    public void Ask(ReadOnlySpan<byte> message) => request.Write(message);

    public ValueTask<MessageRead> ReadAsync()
    {
        if (isRead)
        {
            return new(MessageRead.End);
        }

        isRead = true;
        return new(request.Length > requestBytesMax ? MessageRead.Failed : MessageRead.Message);
    }

    public void CancelPendingRead()
    {
        // No read waits: the request is here.
    }

    public IBufferWriter<byte> Begin(int bytes, bool inPieces)
    {
        answer.Reserve(bytes);
        return answer;
    }

    public void End() => IsAnswered = true;

    public ValueTask<bool> FlushAsync() => new(!isCancelled);

    public void Abandon(StatusCode reason) => answer.Clear();

    public void CancelPendingFlush() => isCancelled = true;

    public void Dispose()
    {
        request.Dispose();
        answer.Dispose();
    }
}
