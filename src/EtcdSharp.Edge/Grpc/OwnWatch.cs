using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;
using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Node;
using Google.Protobuf;
using QueuedResponse = EtcdSharp.Mvcc.Watch.WatchResponse;
using WatchResponse = EtcdSharp.Api.WatchResponse;

namespace EtcdSharp.Edge.Grpc;

/// <summary>One watch of a service on its own member.</summary>
internal sealed class OwnWatch : IDisposable
{
    /// <summary>Taken from the queue at once; what is taken is parsed, so little suffices.</summary>
    private const int TakenBytes = 16 * 1024;

    private readonly IReplicatedLog _log;
    private readonly WatchStream _stream;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _cancelled;
    private readonly List<QueuedResponse> _taken = [];

    public OwnWatch(
        WatchHub hub,
        IReplicatedLog log,
        ByteString key,
        byte[]? rangeEnd,
        long startRevision,
        CancellationToken cancellation
    )
    {
        _log = log;
        _cancellation = cancellation;
        _stream = hub.OpenStream();
        _cancelled = cancellation.UnsafeRegister(static stream => ((WatchStream)stream!).Close(), _stream);
        _stream.Create(
            new WatchCreate
            {
                Key = key.ToByteArray(),
                End = rangeEnd,
                StartRevision = startRevision,
            }
        );
    }

    /// <summary>The next events, with the header that a client would get; null when the history from the start revision on is compacted.</summary>
    /// <exception cref="OperationCanceledException">The call is over.</exception>
    /// <exception cref="GrpcStatusException">The member stops.</exception>
    public async ValueTask<WatchResponse?> NextAsync()
    {
        var next = new WatchResponse();
        while (next.Events.Count == 0)
        {
            await _stream.WaitForResponsesAsync().ConfigureAwait(false);
            _cancellation.ThrowIfCancellationRequested();
            _taken.Clear();
            _stream.Take(_taken, TakenBytes);
            if (_taken.Count == 0 && _stream.IsClosed)
            {
                throw new GrpcStatusException(StatusCode.Unavailable, EtcdError.Stopped.Message);
            }

            if (_taken.Exists(response => response.Control is { Canceled: true }))
            {
                return null;
            }

            foreach (var response in _taken)
            {
                AddEvents(response, next);
            }
        }

        return next;
    }

    public void Dispose()
    {
        _cancelled.Dispose();
        _stream.Close();
    }

    private void AddEvents(in QueuedResponse response, WatchResponse next)
    {
        for (var i = 0; i < response.Selection.Count; i++)
        {
            next.MergeFrom(response.Batch!.Framed(response.Selection[i]).ToArray());
            next.Header = _log.Header(response.Revision);
        }
    }
}
