using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;

namespace EtcdSharp.Client;

/// <summary>Software transactional memory: runs the code, commits what it wrote if what it read still holds, else runs it again.</summary>
internal sealed class AtomicRun(IKvClient kv, AtomicOptions options)
{
    public async Task<T> RunAsync<T>(Func<IAtomicScope, ValueTask<T>> code, CancellationToken cancellationToken)
    {
        Backoff backoff = default;
        var scope = new AtomicScope(kv, options.Isolation, cancellationToken);
        await scope.PrefetchAsync(options.Prefetch);
        for (var runs = 1; ; runs++)
        {
            T result;
            try
            {
                result = await code(scope);
            }
            catch (EtcdException failure) when (failure.Error == EtcdError.Compacted && runs < options.RunsMax)
            {
                // The revision that its reads were of is no more: the next run reads of a newer one.
                scope.Restart();
                continue;
            }

            if (await scope.CommitAsync())
            {
                return result;
            }

            if (runs >= options.RunsMax)
            {
                throw new EtcdException(StatusCode.Aborted, $"others changed the keys in each of {runs} runs");
            }

            // The first tries follow at once: with few rivals one of them gets through.
            if (runs > 3)
            {
                await Task.Delay(backoff.Next() / 4, cancellationToken);
            }
        }
    }
}
