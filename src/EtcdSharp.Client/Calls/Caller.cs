using System.Diagnostics;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Client;
using Google.Protobuf;

namespace EtcdSharp.Client;

/// <summary>Makes unary calls: chooses the endpoint, adds the token, repeats what may be repeated.</summary>
internal sealed class Caller(Balancer balancer, TokenSource tokens, int attemptsMax, int requestBytesMax = int.MaxValue)
{
    public Balancer Balancer => balancer;

    public TokenSource Tokens => tokens;

    public ValueTask<TResponse> CallAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        TRequest request,
        Repeat repeat,
        CallSettings settings,
        CancellationToken cancellationToken
    ) => new Attempt<TRequest, TResponse>(this, method, request, repeat, settings, null, true).RunAsync(cancellationToken);

    /// <summary>At one certain endpoint, which is not left for another.</summary>
    public ValueTask<TResponse> CallAtAsync<TRequest, TResponse>(
        string? endpoint,
        GrpcMethod<TRequest, TResponse> method,
        TRequest request,
        Repeat repeat,
        CallSettings settings,
        CancellationToken cancellationToken
    ) =>
        new Attempt<TRequest, TResponse>(
            this,
            method,
            request,
            repeat,
            settings,
            endpoint is null ? null : balancer.At(endpoint),
            true
        ).RunAsync(cancellationToken);

    public ValueTask<TResponse> CallWithoutTokenAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        TRequest request,
        CancellationToken cancellationToken
    ) =>
        new Attempt<TRequest, TResponse>(this, method, request, Repeat.Always, new CallSettings(), null, false).RunAsync(
            cancellationToken
        );

    private readonly struct Attempt<TRequest, TResponse>(
        Caller caller,
        GrpcMethod<TRequest, TResponse> method,
        TRequest request,
        Repeat repeat,
        CallSettings settings,
        EndpointLink? only,
        bool withToken
    )
    {
        public async ValueTask<TResponse> RunAsync(CancellationToken cancellationToken)
        {
            caller.RefuseIfTooLarge(request);
            using var activity = ClientDiagnostics.StartCall(method.Service, method.Name);
            var started = Stopwatch.GetTimestamp();
            try
            {
                var response = await RepeatAsync(started, cancellationToken);
                ClientDiagnostics.Ended(activity, method.Path, started, StatusCode.OK);
                return response;
            }
            catch (EtcdException failure)
            {
                ClientDiagnostics.Ended(activity, method.Path, started, failure.Code);
                throw;
            }
            catch (OperationCanceledException)
            {
                ClientDiagnostics.Ended(activity, method.Path, started, StatusCode.Cancelled);
                throw;
            }
        }

        private async ValueTask<TResponse> RepeatAsync(long started, CancellationToken cancellationToken)
        {
            EndpointLink? last = null;
            GrpcStatusException? before = null;
            Backoff backoff = default;
            var renewals = 0;
            for (var attempt = 1; ; attempt++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var token = withToken ? await caller.Tokens.GetAsync(caller, cancellationToken) : AuthToken.None;
                var link = only ?? caller.Balancer.Pick(last);
                var options = new GrpcCallOptions
                {
                    Timeout = Remaining(started),
                    Headers = token.Headers(settings.RequireLeader),
                };
                try
                {
                    var response = await link.Channel.UnaryAsync(method, request, options, cancellationToken);
                    link.Succeeded();
                    return response;
                }
                catch (GrpcStatusException failure)
                {
                    ThrowIfCancelled(failure, cancellationToken);
                    var verdict = new CallFailure(failure);
                    if (verdict.BlamesEndpoint)
                    {
                        link.Failed(Environment.TickCount64);
                    }

                    if (
                        withToken
                        && caller.Tokens.MayHelp(verdict.Error)
                        && renewals < caller.Tokens.RenewalsMax(verdict.Error, caller.AttemptsMax)
                    )
                    {
                        if (renewals++ > 0)
                        {
                            await PauseAsync(link, backoff.Next(), started, verdict, cancellationToken);
                        }

                        await caller.Tokens.RenewAsync(token, caller, cancellationToken);
                        continue;
                    }

                    last = link;
                    if (!MayGoOn(verdict, attempt))
                    {
                        throw verdict.ToException(repeat, before);
                    }

                    before = failure;
                    ClientDiagnostics.Repeated(method.Path);
                    await PauseAsync(link, backoff.Next(), started, verdict, cancellationToken);
                }
            }
        }

        private TimeSpan? Remaining(long started)
        {
            if (settings.Timeout is not { } timeout)
            {
                return null;
            }

            // A time that is up goes on the wire as the shortest one there is: the call then ends in the usual way.
            var left = timeout - Stopwatch.GetElapsedTime(started);
            return left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1);
        }

        private bool MayGoOn(in CallFailure verdict, int attempt) =>
            attempt < caller.AttemptsMax
            && (verdict.MayRepeat(repeat) || (verdict.WantsVoter && only is null && attempt < caller.Balancer.Count));

        private async ValueTask PauseAsync(
            EndpointLink link,
            TimeSpan pause,
            long started,
            CallFailure verdict,
            CancellationToken cancellationToken
        )
        {
            if (only is null && caller.Balancer.HasHealthyOther(link))
            {
                return;
            }

            if (settings.Timeout is { } timeout && Stopwatch.GetElapsedTime(started) + pause >= timeout)
            {
                throw verdict.ToException(repeat);
            }

            await Task.Delay(pause, cancellationToken);
        }

        private static void ThrowIfCancelled(GrpcStatusException failure, CancellationToken cancellationToken)
        {
            if (cancellationToken.IsCancellationRequested && failure.Code is StatusCode.Cancelled)
            {
                throw new OperationCanceledException(failure.Status.Message, failure, cancellationToken);
            }
        }
    }

    private int AttemptsMax => attemptsMax;

    private void RefuseIfTooLarge<TRequest>(TRequest request)
    {
        if (
            requestBytesMax < int.MaxValue
            && request is IMessage message
            && message.CalculateSize() is var size
            && size > requestBytesMax
        )
        {
            throw new EtcdException(
                StatusCode.ResourceExhausted,
                $"trying to send message larger than max ({size} vs. {requestBytesMax})"
            );
        }
    }
}
