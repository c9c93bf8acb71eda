using Google.Protobuf;

namespace EtcdSharp.Harness;

/// <summary>A call with a stream of messages in each direction. One reader and one writer at a time.</summary>
public sealed class DuplexCall<TRequest, TResponse> : IAsyncDisposable
    where TRequest : IMessage
    where TResponse : IMessage<TResponse>, new()
{
    private static readonly MessageParser<TResponse> Parser = new(() => new TResponse());

    private readonly OpenContent _content = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Task<HttpResponseMessage> _response;
    private Stream? _body;

    internal DuplexCall(HttpClient http, string method, IReadOnlyDictionary<string, string>? metadata)
    {
        var request = EtcdEndpoint.Post(http, method, _content, metadata);
        _response = http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _ended.Token);
    }

    public async Task WriteAsync(TRequest message)
    {
        // When the call has failed already, its own error says more than a closed body would.
        var opened = await Task.WhenAny(_content.Opened, _response).WaitAsync(EtcdEndpoint.Patience);
        if (opened == _response && !_content.Opened.IsCompleted)
        {
            EtcdEndpoint.ThrowUnlessOk(await _response);
        }
        var stream = await _content.Opened;
        await stream.WriteAsync(GrpcFrame.Of(message), _ended.Token);
        await stream.FlushAsync(_ended.Token);
    }

    /// <summary>Says that no more messages follow.</summary>
    public void CompleteWriting() => _content.Complete();

    /// <summary>The next message; null when the server ended the call with OK.</summary>
    /// <exception cref="GrpcFailure">The server ended the call with another status.</exception>
    /// <exception cref="TimeoutException">Nothing came within the given time.</exception>
    public async Task<TResponse?> ReadAsync(TimeSpan? within = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        limit.CancelAfter(within ?? EtcdEndpoint.Patience);
        try
        {
            var response = await _response.WaitAsync(limit.Token);
            _body ??= await response.Content.ReadAsStreamAsync(limit.Token);
            var payload = await GrpcFrame.ReadAsync(_body, limit.Token);
            if (payload is not null)
            {
                return Parser.ParseFrom(payload);
            }
            EtcdEndpoint.ThrowUnlessOk(response);
            return default;
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested && !_ended.IsCancellationRequested)
        {
            throw new TimeoutException($"no message came within {within ?? EtcdEndpoint.Patience}", late);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _content.Complete();
        try
        {
            (await _response).Dispose();
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            // The call was given up by its owner: how it ended is of no interest.
            _body = null;
        }
        _ended.Dispose();
    }
}
