namespace EtcdSharp.Client;

/// <summary>The recipes, straight from a client.</summary>
public static class EtcdClientExtensions
{
    /// <summary>How long a lock outlives a holder that died, where nothing else is said.</summary>
    public static readonly TimeSpan DefaultTimeToLive = TimeSpan.FromSeconds(60);

    /// <summary>Waits for a lock and takes it, with a lease of its own that ends with it.</summary>
    /// <param name="client">Where it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="timeToLive">How long it outlives a holder that died; 60 s where null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static async Task<LockHold> LockAsync(
        this IEtcdClient client,
        string name,
        TimeSpan? timeToLive = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        var lease = await client.Lease.HoldAsync(timeToLive ?? DefaultTimeToLive, cancellationToken);
        LockHold? hold = null;
        try
        {
            hold = (await new DistributedLock(client, name).AcquireAsync(lease, cancellationToken)).Owning(lease);
            return hold;
        }
        finally
        {
            if (hold is null)
            {
                await lease.DisposeAsync();
            }
        }
    }

    /// <summary>
    /// Runs code on keys as if it were alone: what it reads and writes happens at once or not at all, and it is run again
    /// where others were quicker. It must have no other effects.
    /// </summary>
    public static Task<T> RunAtomicallyAsync<T>(
        this IEtcdClient client,
        Func<IAtomicScope, ValueTask<T>> code,
        AtomicOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(code);
        return new AtomicRun(client.Kv, options ?? new AtomicOptions()).RunAsync(code, cancellationToken);
    }

    /// <summary>The same for code without a result.</summary>
    public static Task RunAtomicallyAsync(
        this IEtcdClient client,
        Func<IAtomicScope, ValueTask> code,
        AtomicOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        client.RunAtomicallyAsync(
            async scope =>
            {
                await code(scope);
                return true;
            },
            options,
            cancellationToken
        );
}
