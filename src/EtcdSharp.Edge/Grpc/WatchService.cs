using System.Diagnostics;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Edge.Calls;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Node;
using Google.Protobuf;
using QueuedResponse = EtcdSharp.Mvcc.Watch.WatchResponse;

namespace EtcdSharp.Edge.Grpc;

/// <summary>
/// etcdserverpb.Watch: many watches over one stream. Requests are handled in the order they come; everything that is
/// answered goes through the queue of the hub's stream, which alone decides the order of responses.
/// </summary>
internal sealed class WatchService
{
    /// <summary>Written before each flush: enough that the flush is cheap per response, little enough to stay in cache.</summary>
    private const int FlushBytes = 64 * 1024;

    private readonly WatchHub _hub;
    private readonly IReplicatedLog _log;
    private readonly Authentication _access;
    private readonly WatchServiceOptions _options;
    private readonly WatchMessageMarshaller _marshaller;
    private readonly Func<IWatchHistory> _history;

    public WatchService(WatchHub hub, IReplicatedLog log, Authentication access, WatchServiceOptions options)
    {
        _access = access;
        _hub = hub;
        _log = log;
        _options = options;
        _history = () => hub.History;
        _marshaller = new WatchMessageMarshaller(log.ClusterId, log.MemberId);
    }

    public void Register(GrpcServiceBuilder builder) =>
        builder.Bidirectional(
            WatchMethods.Watch.With(ProtobufMarshaller<WatchRequest>.Instance, _marshaller),
            ServeAsync,
            CallRule.ByRequest
        );

    private async ValueTask<GrpcStatus> ServeAsync(
        GrpcStreamReader<WatchRequest> requests,
        GrpcStreamWriter<WatchMessage> responses,
        CallContext call
    )
    {
        var stream = _hub.OpenStream();
        var progress = new WatchProgressTimer(stream, _options);
        await using var gone = call.CancellationToken.UnsafeRegister(static state => ((WatchStream)state!).Close(), stream);
        var sending = SendAsync(stream, responses, call);
        try
        {
            while (await requests.MoveNextAsync().ConfigureAwait(false))
            {
                await stream.WaitForControlRoomAsync().ConfigureAwait(false);
                await HandleAsync(requests.Current, stream, progress, call).ConfigureAwait(false);
            }

            // A client that has said all it wants still hears of its watches, until it leaves.
            await sending.ConfigureAwait(false);
            return GrpcStatus.Ok;
        }
        catch (GrpcStatusException refused) when (refused.Code == StatusCode.Cancelled)
        {
            return new GrpcStatus(StatusCode.Cancelled, EtcdError.WatchCanceled.Message);
        }
        finally
        {
            progress.Dispose();
            stream.Close();
            await sending.ConfigureAwait(false);
        }
    }

    private async Task SendAsync(WatchStream stream, GrpcStreamWriter<WatchMessage> responses, CallContext call)
    {
        List<QueuedResponse> taken = [];
        try
        {
            while (true)
            {
                await stream.WaitForResponsesAsync().ConfigureAwait(false);
                stream.Take(taken, FlushBytes);
                if (taken.Count == 0 && stream.IsClosed)
                {
                    return;
                }

                var started = Stopwatch.GetTimestamp();
                var term = _log.Term;
                foreach (var response in taken)
                {
                    var fragments = new WatchFragments(response, term, _marshaller, _history, _options.FragmentBytesMax);
                    while (fragments.TryNext(out var message))
                    {
                        responses.Write(message);

                        // The next one is made when this one has been taken.
                        if (message.IsFragment && !await responses.FlushAsync().ConfigureAwait(false))
                        {
                            return;
                        }
                    }
                }

                var sent = await responses.FlushAsync().ConfigureAwait(false);
                _options.Metrics.Record(taken, Stopwatch.GetElapsedTime(started).TotalSeconds);
                taken.Clear();
                if (!sent)
                {
                    return;
                }
            }
        }
        catch (GrpcStatusException tooLarge)
        {
            // The client may wait for ever without another request.
            call.Cancel(tooLarge.Status);
        }
        finally
        {
            // Nobody reads what is queued from here on: the watchers must not fill the queue.
            stream.Close();
        }
    }

    private async ValueTask HandleAsync(WatchRequest request, WatchStream stream, WatchProgressTimer progress, CallContext call)
    {
        switch (request.RequestUnionCase)
        {
            case WatchRequest.RequestUnionOneofCase.CreateRequest:
                await CreateAsync(request.CreateRequest, stream, progress, call).ConfigureAwait(false);
                break;
            case WatchRequest.RequestUnionOneofCase.CancelRequest:
                stream.Cancel(request.CancelRequest.WatchId);
                break;
            case WatchRequest.RequestUnionOneofCase.ProgressRequest:
                stream.RequestProgress();
                break;
            case WatchRequest.RequestUnionOneofCase.None:
            default:
                break;
        }
    }

    private async ValueTask CreateAsync(
        WatchCreateRequest request,
        WatchStream stream,
        WatchProgressTimer progress,
        CallContext call
    )
    {
        if (request.StartRevision < 0)
        {
            stream.Refuse(EtcdError.Compacted.Message);
            return;
        }

        var create = new WatchCreate
        {
            Key = request.Key.IsEmpty ? [0] : request.Key.ToByteArray(),
            End = Normalize(request.RangeEnd),
            StartRevision = request.StartRevision,
            WatchId = request.WatchId,
            Filters = Combine(request),
            WantsPrevious = request.PrevKv,
            WantsProgress = request.ProgressNotify,
            AllowsFragments = request.Fragment,
        };
        if (_access.View.IsEnabled && await CheckAsync(create.Key, request.RangeEnd, call).ConfigureAwait(false) is { } refusal)
        {
            // In the words of Go's clients, to which etcd leaves it to write its errors here.
            stream.Refuse($"rpc error: code = {refusal.Code} desc = {refusal.Message}");
            return;
        }

        if (create.WantsProgress)
        {
            progress.Start();
        }

        stream.Create(create);
    }

    private async ValueTask<EtcdError?> CheckAsync(byte[] key, ByteString rangeEnd, CallContext call)
    {
        var (caller, unknown) = await _access.IdentifyAsync(call).ConfigureAwait(false);
        return unknown ?? _access.View.CheckRead(caller, key, rangeEnd.Span);
    }

    /// <summary>On the wire an empty end asks for one key and a single zero byte for every key from the first on.</summary>
    private static byte[]? Normalize(ByteString rangeEnd) =>
        rangeEnd.Length switch
        {
            0 => null,
            1 when rangeEnd[0] == 0 => [],
            _ => rangeEnd.ToByteArray(),
        };

    private static WatchFilters Combine(WatchCreateRequest request)
    {
        var filters = WatchFilters.None;
        foreach (var filter in request.Filters)
        {
            filters |= filter switch
            {
                WatchCreateRequest.Types.FilterType.Noput => WatchFilters.NoPut,
                WatchCreateRequest.Types.FilterType.Nodelete => WatchFilters.NoDelete,
                _ => WatchFilters.None,
            };
        }

        return filters;
    }
}
