using System.Diagnostics;
using EtcdSharp.Api;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Contract;

namespace EtcdSharp.Client;

/// <summary>
/// Keeps all leases of a client alive on one stream: each is asked for when a third of its time has passed, and where an
/// answer takes as long again, another server is asked.
/// </summary>
internal sealed class LeaseKeeper(Caller caller, CancellationToken clientClosed)
{
    /// <summary>How long the loop sleeps at most; what is due sooner wakes it.</summary>
    private static readonly TimeSpan s_restMax = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a question may wait for a connection: half of the shortest time that etcd's own recipes live with.</summary>
    private static readonly TimeSpan s_writePatience = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Dictionary<long, KeptLease> leases = [];
    private readonly SemaphoreSlim wake = new(0);
    private bool running;

    /// <summary>Done when nothing is kept alive.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    public KeptLease Add(long id, TimeSpan timeToLive, long askedAt, Func<long, Task>? revoke)
    {
        var lease = new KeptLease(this, id, timeToLive, askedAt, revoke);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(clientClosed.IsCancellationRequested, typeof(EtcdClient));
            if (!leases.TryAdd(id, lease))
            {
                throw new InvalidOperationException($"the lease {id:x} is kept alive already");
            }

            if (!running)
            {
                running = true;
                Running = Task.Run(RunAsync, CancellationToken.None);
            }
        }

        wake.Release();
        return lease;
    }

    public void Remove(KeptLease lease)
    {
        lock (gate)
        {
            if (leases.TryGetValue(lease.Id, out var kept) && kept == lease)
            {
                leases.Remove(lease.Id);
            }
        }

        wake.Release();
    }

    private async Task RunAsync()
    {
        Backoff backoff = default;
        EndpointLink? last = null;
        AuthToken? refused = null;
        while (Continues())
        {
            var link = caller.Balancer.Pick(last);
            var stream = new KeepAliveStream(this, link);
            var (failure, token) = await stream.RunAsync(refused);
            refused = null;
            if (failure is null)
            {
                continue;
            }

            ClientDiagnostics.Reopened(LeaseMethods.LeaseKeepAlive.Path);
            var verdict = new CallFailure(failure);
            if (verdict.BlamesEndpoint)
            {
                link.Failed(Environment.TickCount64);
            }

            if (caller.Tokens.MayHelp(verdict.Error))
            {
                refused = token;
            }

            if (stream.Answered)
            {
                backoff.Reset();
            }

            last = link;
            AskAgain();
            await Task.Delay(backoff.Next(), clientClosed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool Continues()
    {
        KeptLease[] closed;
        lock (gate)
        {
            if (!clientClosed.IsCancellationRequested)
            {
                running = leases.Count > 0;
                return running;
            }

            closed = [.. leases.Values];
            leases.Clear();
            running = false;
        }

        foreach (var lease in closed)
        {
            lease.End(LeaseEnd.ClientClosed);
        }

        return false;
    }

    /// <summary>What a lost stream was asked and did not answer is asked of the next one at once.</summary>
    private void AskAgain()
    {
        lock (gate)
        {
            foreach (var lease in leases.Values)
            {
                if (lease.AskedAt != 0)
                {
                    lease.AskedAt = 0;
                    lease.NextAsk = 0;
                }
            }
        }
    }

    private void OnAnswer(LeaseKeepAliveResponse answer)
    {
        KeptLease? gone = null;
        lock (gate)
        {
            if (!leases.TryGetValue(answer.ID, out var lease))
            {
                return;
            }

            if (answer.TTL > 0)
            {
                // What answers no question of this lease (of one before it with the same number) says nothing of since when.
                if (lease.AskedAt != 0)
                {
                    lease.Confirmed(lease.AskedAt, TimeSpan.FromSeconds(answer.TTL));
                }

                return;
            }

            leases.Remove(answer.ID);
            gone = lease;
        }

        gone.End(LeaseEnd.Gone);
    }

    /// <summary>Which leases to ask for now, and when to look again. Null: none is left.</summary>
    private (List<long> Ask, TimeSpan Until)? Due()
    {
        var now = Stopwatch.GetTimestamp();
        var rest = s_restMax;
        List<long> ask = [];
        lock (gate)
        {
            if (leases.Count == 0)
            {
                return null;
            }

            foreach (var lease in leases.Values)
            {
                if (lease.AskedAt != 0)
                {
                    if (Stopwatch.GetElapsedTime(lease.AskedAt, now) > lease.Patience)
                    {
                        throw new GrpcStatusException(StatusCode.Unavailable, "the server does not answer keepalives");
                    }

                    continue;
                }

                var left = Stopwatch.GetElapsedTime(now, lease.NextAsk);
                if (lease.NextAsk <= now)
                {
                    lease.AskedAt = now;
                    ask.Add(lease.Id);
                }
                else if (left < rest)
                {
                    rest = left;
                }
            }
        }

        return (ask, rest);
    }

    /// <summary>One stream of keepalives from its opening to its end.</summary>
    private sealed class KeepAliveStream(LeaseKeeper keeper, EndpointLink link)
    {
        public bool Answered { get; private set; }

        /// <summary>Null for the failure: nothing is left to be kept alive.</summary>
        public async Task<(GrpcStatusException? Failure, AuthToken? Token)> RunAsync(AuthToken? refused)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(keeper.Closed);
            AuthToken? token = null;
            try
            {
                token = refused is null
                    ? await keeper.Tokens.GetAsync(keeper.Caller, end.Token)
                    : await keeper.Tokens.RenewAsync(refused, keeper.Caller, end.Token);
                var options = new GrpcCallOptions { Headers = token.Headers(requireLeader: false) };
                using var call = link.Channel.Open(LeaseMethods.LeaseKeepAlive, options, end.Token);
                var reading = ReadAsync(call);
                try
                {
                    await AskAsync(call, reading, end);
                }
                finally
                {
                    await end.CancelAsync();
                    await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                return (null, token);
            }
            catch (GrpcStatusException failure)
            {
                return (failure, token);
            }
            catch (EtcdException failure)
            {
                return (new GrpcStatusException(failure.Code, failure.Message), token);
            }
            catch (OperationCanceledException)
            {
                var closed = keeper.Closed.IsCancellationRequested;
                return (closed ? null : new GrpcStatusException(StatusCode.Unavailable, "no connection in time"), token);
            }
            catch (ObjectDisposedException)
            {
                // The request side of a stream that the server has ended.
                return (new GrpcStatusException(StatusCode.Unavailable, "the keepalive stream ended"), token);
            }
        }

        private async Task AskAsync(
            ClientCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call,
            Task reading,
            CancellationTokenSource end
        )
        {
            while (keeper.Due() is { } due)
            {
                foreach (var id in due.Ask)
                {
                    // A connection that hangs is given up in time to try another one.
                    end.CancelAfter(s_writePatience);
                    await call.WriteAsync(new LeaseKeepAliveRequest { ID = id });
                    end.CancelAfter(Timeout.InfiniteTimeSpan);
                }

                await keeper.wake.WaitAsync(due.Until, end.Token);
                if (reading.IsCompleted)
                {
                    await reading;
                    throw new GrpcStatusException(StatusCode.Unavailable, "the keepalive stream ended");
                }
            }
        }

        private async Task ReadAsync(ClientCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call)
        {
            try
            {
                while (await call.MoveNextAsync())
                {
                    if (!Answered)
                    {
                        Answered = true;
                        link.Succeeded();
                    }

                    keeper.OnAnswer(call.Current);
                }
            }
            finally
            {
                keeper.wake.Release();
            }
        }
    }

    private CancellationToken Closed => clientClosed;

    private Caller Caller => caller;

    private TokenSource Tokens => caller.Tokens;
}
