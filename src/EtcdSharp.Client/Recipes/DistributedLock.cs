using EtcdSharp.Api.Errors;

namespace EtcdSharp.Client;

/// <summary>
/// A lock that one process of many holds at a time, first come first served. The same as <c>etcdctl lock</c> and the locks
/// of other etcd clients with that name.
/// </summary>
/// <param name="client">Where it is.</param>
/// <param name="name">Its name; its keys are <c>name/lease</c>.</param>
public sealed class DistributedLock(IEtcdClient client, string name)
{
    private readonly WaitingLine line = new(client, name);

    /// <summary>Waits until the lock is free and takes it. It is held until it is disposed or the lease is lost.</summary>
    /// <exception cref="EtcdException"><c>LeaseNotFound</c>: the lease was lost meanwhile.</exception>
    public async Task<LockHold> AcquireAsync(IKeptLease lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        using var wanted = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, cancellationToken);
        try
        {
            var place = await line.EnterAsync(lease, EtcdBytes.Empty, wanted.Token);
            if (!place.IsFirst)
            {
                await WaitAsync(place, wanted.Token);
            }

            return new LockHold(line, lease, place.Own);
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new EtcdException(EtcdError.LeaseNotFound);
        }
    }

    /// <summary>Takes the lock if it is free; null if somebody holds it.</summary>
    /// <exception cref="EtcdException"><c>LeaseNotFound</c>: the lease was lost meanwhile.</exception>
    public async Task<LockHold?> TryAcquireAsync(IKeptLease lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        try
        {
            var place = await line.EnterAsync(lease, EtcdBytes.Empty, cancellationToken);
            if (place.IsFirst)
            {
                return new LockHold(line, lease, place.Own);
            }

            await line.GiveUpAsync(place);
            return null;
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new EtcdException(EtcdError.LeaseNotFound);
        }
    }

    private async Task WaitAsync(Place place, CancellationToken cancellationToken)
    {
        var here = false;
        try
        {
            await line.WaitForFirstAsync(place.Own, cancellationToken);
            here = true;
        }
        finally
        {
            if (!here)
            {
                await line.GiveUpAsync(place);
            }
        }
    }
}
