using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Client;

namespace EtcdSharp.Client;

/// <summary>Calls with streams that are not kept open for long.</summary>
internal static class StreamCall
{
    private const int TriesMax = 8;

    /// <summary>One question and its first answer, of a method that takes many; asked again where that may help.</summary>
    public static async Task<TResponse> OnceAsync<TRequest, TResponse>(
        Caller caller,
        GrpcMethod<TRequest, TResponse> method,
        TRequest request,
        CallSettings settings,
        CancellationToken cancellationToken
    )
    {
        Backoff backoff = default;
        EndpointLink? last = null;
        AuthToken? refused = null;
        for (var tries = 1; ; tries++)
        {
            last = caller.Balancer.Pick(last);
            var token = refused is null
                ? await caller.Tokens.GetAsync(caller, cancellationToken)
                : await caller.Tokens.RenewAsync(refused, caller, cancellationToken);
            refused = null;
            try
            {
                var options = new GrpcCallOptions { Timeout = settings.Timeout, Headers = token.Headers(settings.RequireLeader) };
                using var call = last.Channel.Open(method, options, cancellationToken);
                await call.WriteAsync(request);
                await call.CompleteWritesAsync();
                if (await call.MoveNextAsync())
                {
                    last.Succeeded();
                    return call.Current;
                }

                throw new GrpcStatusException(StatusCode.Unavailable, "the stream ended without an answer");
            }
            catch (GrpcStatusException failure)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var verdict = new CallFailure(failure);
                if (verdict.BlamesEndpoint)
                {
                    last.Failed(Environment.TickCount64);
                }

                if (caller.Tokens.MayHelp(verdict.Error))
                {
                    refused = token;
                }
                else if (!verdict.MayRepeat(Repeat.Always))
                {
                    throw verdict.ToException(Repeat.Always);
                }

                if (tries >= TriesMax)
                {
                    throw verdict.ToException(Repeat.Always);
                }
            }

            await Task.Delay(backoff.Next(), cancellationToken);
        }
    }

    /// <summary>
    /// One question and all its answers. Not asked again: the first answers are with the caller already. A failure is an
    /// <see cref="EtcdException"/>.
    /// </summary>
    public static async IAsyncEnumerable<TResponse> ManyAsync<TRequest, TResponse>(
        Caller caller,
        string? endpoint,
        GrpcMethod<TRequest, TResponse> method,
        TRequest request,
        CallSettings settings,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var link = endpoint is null ? caller.Balancer.Pick(null) : caller.Balancer.At(endpoint);
        var token = await caller.Tokens.GetAsync(caller, cancellationToken);
        var options = new GrpcCallOptions { Headers = token.Headers(settings.RequireLeader) };
        using var call = await GuardAsync(link.Channel.OpenAsync(method, request, options, cancellationToken), cancellationToken);
        while (await GuardAsync(call.MoveNextAsync(), cancellationToken))
        {
            yield return call.Current;
        }
    }

    private static async ValueTask<T> GuardAsync<T>(ValueTask<T> step, CancellationToken cancellationToken)
    {
        try
        {
            return await step;
        }
        catch (GrpcStatusException failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new CallFailure(failure).ToException(Repeat.Always);
        }
    }
}
