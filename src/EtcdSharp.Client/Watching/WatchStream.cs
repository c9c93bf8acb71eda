using System.Threading.Channels;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Contract;

namespace EtcdSharp.Client;

/// <summary>
/// All watches of a client on one stream. When the stream is lost, another is opened, at another endpoint if there is one,
/// and each watch is asked for again from the first revision that it has not handed on.
/// </summary>
internal sealed class WatchStream(Caller caller, bool requireLeader, CancellationToken clientClosed)
{
    /// <summary>A fresh token that is refused again is not a matter of its age.</summary>
    private const int TokenRefusalsMax = 2;

    private readonly Lock gate = new();
    private readonly HashSet<Watcher> all = [];
    private readonly Dictionary<long, Watcher> active = [];

    /// <summary>Asked for and not answered: the server answers requests to begin in the order in which they were made.</summary>
    private readonly Queue<Watcher> beginning = new();

    /// <summary>Requests of the stream that is open now. Its length is bounded by what watchers can ask for: two each.</summary>
    private Channel<WatchRequest>? outgoing;

    private CancellationTokenSource? callEnd;
    private AuthToken? refusedToken;
    private bool running;

    /// <summary>Done when no stream is open and none is going to be opened.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    public void Add(Watcher watcher)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(clientClosed.IsCancellationRequested, typeof(EtcdClient));
            all.Add(watcher);
            ClientDiagnostics.Watchers(1);
            Ask(watcher);
            if (!running)
            {
                running = true;
                Running = Task.Run(RunAsync, CancellationToken.None);
            }
        }
    }

    public void Remove(Watcher watcher)
    {
        lock (gate)
        {
            Forget(watcher, null);
            if (watcher.Id is { } id)
            {
                EndAtServer(watcher, id);
            }

            if (all.Count == 0)
            {
                callEnd?.Cancel();
            }
        }
    }

    public void ResumeIfPaused(Watcher watcher)
    {
        if (!watcher.Paused)
        {
            return;
        }

        lock (gate)
        {
            if (watcher.Paused && !watcher.Closed)
            {
                watcher.Paused = false;
                Ask(watcher);
            }
        }
    }

    public void RequestProgress()
    {
        lock (gate)
        {
            outgoing?.Writer.TryWrite(new WatchRequest { ProgressRequest = new WatchProgressRequest() });
        }
    }

    private async Task RunAsync()
    {
        Backoff backoff = default;
        EndpointLink? last = null;
        while (true)
        {
            lock (gate)
            {
                if (clientClosed.IsCancellationRequested)
                {
                    FailAll(new EtcdException(StatusCode.Cancelled, "the client is closed"));
                }

                if (all.Count == 0)
                {
                    running = false;
                    return;
                }
            }

            var link = caller.Balancer.Pick(last);
            var (failure, answered) = await OneStreamAsync(link);
            if (answered)
            {
                backoff.Reset();
            }

            last = link;
            if (failure is null || clientClosed.IsCancellationRequested)
            {
                continue;
            }

            ClientDiagnostics.Reopened(WatchMethods.Watch.Path);
            if (Judge(failure, link))
            {
                await PauseAsync(answered && caller.Balancer.HasHealthyOther(link) ? TimeSpan.Zero : backoff.Next());
            }
        }
    }

    private async Task PauseAsync(TimeSpan pause) =>
        await Task.Delay(pause, clientClosed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>False: the failure ended all watches.</summary>
    private bool Judge(GrpcStatusException failure, EndpointLink link)
    {
        var verdict = new CallFailure(failure);
        if (verdict.BlamesEndpoint)
        {
            link.Failed(Environment.TickCount64);
        }

        var hopeless = !CallFailure.MayReopen(failure.Code) && !caller.Tokens.MayHelp(verdict.Error);
        if (hopeless || (requireLeader && verdict.Error == EtcdError.NoLeader))
        {
            lock (gate)
            {
                FailAll(verdict.ToException(Repeat.Always));
            }

            return false;
        }

        return true;
    }

    /// <summary>Opens a stream and serves it to its end. Null for the failure: it ended because nobody needs it any more.</summary>
    private async Task<(GrpcStatusException? Failure, bool Answered)> OneStreamAsync(EndpointLink link)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(clientClosed);
        var answered = false;
        try
        {
            var token = await TokenAsync(end.Token);
            var options = new GrpcCallOptions { Headers = token.Headers(requireLeader) };
            using var call = link.Channel.Open(WatchMethods.Watch, options, end.Token);
            var requests = Begin(end);
            var writing = WriteAsync(call, requests);
            try
            {
                while (await call.MoveNextAsync())
                {
                    if (!answered)
                    {
                        answered = true;
                        link.Succeeded();
                    }

                    if (!Dispatch(call.Current))
                    {
                        refusedToken = token;
                        break;
                    }
                }
            }
            finally
            {
                End();
                await end.CancelAsync();
                await writing;
            }

            return (new GrpcStatusException(StatusCode.Unavailable, "the watch stream ended"), answered);
        }
        catch (GrpcStatusException failure)
        {
            lock (gate)
            {
                return (all.Count == 0 ? null : failure, answered);
            }
        }
        catch (EtcdException failure)
        {
            return (new GrpcStatusException(failure.Code, failure.Message), answered);
        }
        catch (OperationCanceledException)
        {
            return (null, answered);
        }
    }

    private ValueTask<AuthToken> TokenAsync(CancellationToken cancellationToken)
    {
        var refused = refusedToken;
        refusedToken = null;
        return refused is null
            ? caller.Tokens.GetAsync(caller, cancellationToken)
            : caller.Tokens.RenewAsync(refused, caller, cancellationToken);
    }

    private ChannelReader<WatchRequest> Begin(CancellationTokenSource end)
    {
        lock (gate)
        {
            callEnd = end;
            outgoing = Channel.CreateUnbounded<WatchRequest>(new UnboundedChannelOptions { SingleReader = true });
            foreach (var watcher in all)
            {
                Ask(watcher);
            }

            if (all.Count == 0)
            {
                end.Cancel();
            }

            return outgoing.Reader;
        }
    }

    private void End()
    {
        lock (gate)
        {
            callEnd = null;
            outgoing?.Writer.TryComplete();
            outgoing = null;
            active.Clear();
            beginning.Clear();
            foreach (var watcher in all)
            {
                watcher.Id = null;
            }
        }
    }

    private static async Task WriteAsync(ClientCall<WatchRequest, WatchResponse> call, ChannelReader<WatchRequest> requests)
    {
        try
        {
            await foreach (var request in requests.ReadAllAsync())
            {
                await call.WriteAsync(request);
            }
        }
        catch (Exception failure) when (failure is GrpcStatusException or ObjectDisposedException)
        {
            // The reading side ends with the same failure and tells it.
            return;
        }
    }

    private void Ask(Watcher watcher)
    {
        if (outgoing is not null && !watcher.Paused)
        {
            outgoing.Writer.TryWrite(watcher.CreateRequest());
            beginning.Enqueue(watcher);
        }
    }

    private void EndAtServer(Watcher watcher, long id)
    {
        active.Remove(id);
        watcher.Id = null;
        outgoing?.Writer.TryWrite(new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = id } });
    }

    /// <summary>False: the stream must be opened again with another token.</summary>
    private bool Dispatch(WatchResponse response)
    {
        lock (gate)
        {
            if (response.Created)
            {
                return beginning.TryDequeue(out var asked) && Began(asked, response);
            }

            if (response.WatchId < 0)
            {
                foreach (var one in active.Values)
                {
                    one.OfferProgress(response.Header);
                }
            }
            else if (active.TryGetValue(response.WatchId, out var watcher))
            {
                if (response.Canceled)
                {
                    active.Remove(response.WatchId);
                    watcher.Id = null;
                    return Refused(watcher, response);
                }

                if (!watcher.Offer(response))
                {
                    EndAtServer(watcher, response.WatchId);
                    Pause(watcher);
                }
            }

            return true;
        }
    }

    private void Pause(Watcher watcher)
    {
        watcher.Paused = true;

        // The reader makes room and then looks whether it is paused; here it is the other way round, so one of both sees it.
        Interlocked.MemoryBarrier();
        if (watcher.HasRoom)
        {
            watcher.Paused = false;
            Ask(watcher);
        }
    }

    private bool Began(Watcher watcher, WatchResponse response)
    {
        if (response.Canceled)
        {
            return Refused(watcher, response);
        }

        watcher.Id = response.WatchId;
        if (watcher.Closed)
        {
            EndAtServer(watcher, response.WatchId);
        }
        else
        {
            active[response.WatchId] = watcher;
            watcher.Began(response.Header);
        }

        return true;
    }

    /// <summary>The server ended a watch. False: because of the token, so that with another one it may go on.</summary>
    private bool Refused(Watcher watcher, WatchResponse response)
    {
        var error = response.CompactRevision != 0 ? EtcdError.Compacted : EtcdErrors.FindReason(response.CancelReason);
        if (caller.Tokens.MayHelp(error) && watcher.TokenRefusals++ < TokenRefusalsMax && !watcher.Closed)
        {
            return false;
        }

        error ??= response.CancelReason.Length == 0 ? EtcdError.WatchCanceled : null;
        var failure = error is null
            ? new EtcdException(StatusCode.Unknown, response.CancelReason) { Header = response.Header }
            : new EtcdException(error) { CompactRevision = response.CompactRevision, Header = response.Header };
        Forget(watcher, failure);
        return true;
    }

    private void FailAll(EtcdException failure)
    {
        foreach (var watcher in all.ToArray())
        {
            Forget(watcher, failure);
        }
    }

    private void Forget(Watcher watcher, EtcdException? failure)
    {
        if (all.Remove(watcher))
        {
            ClientDiagnostics.Watchers(-1);
        }

        watcher.Close(failure);
    }
}
