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
    /// <summary>How long a waiter that gives up tries to take its place out of the line; the lease does it later anyway.</summary>
    private static readonly TimeSpan s_leavePatience = TimeSpan.FromSeconds(2);

    private readonly WaitingLine line = new(client, name);

    /// <summary>Waits until the lock is free and takes it. It is held until it is disposed or the lease is lost.</summary>
    /// <exception cref="EtcdException"><c>LeaseNotFound</c>: the lease was lost meanwhile.</exception>
    public async Task<LockHold> AcquireAsync(IKeptLease lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        using var wanted = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, cancellationToken);
        try
        {
            var (own, first) = await line.EnterAsync(lease, EtcdBytes.Empty, wanted.Token);
            if (own.CreateRevision != first.CreateRevision)
            {
                await WaitAsync(own, wanted.Token);
            }

            return new LockHold(line, lease, own);
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new EtcdException(EtcdError.LeaseNotFound);
        }
    }

    /// <summary>Takes the lock if it is free; null if somebody holds it.</summary>
    public async Task<LockHold?> TryAcquireAsync(IKeptLease lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var (own, first) = await line.EnterAsync(lease, EtcdBytes.Empty, cancellationToken);
        if (own.CreateRevision == first.CreateRevision)
        {
            return new LockHold(line, lease, own);
        }

        await line.LeaveAsync(own.Key, own.CreateRevision, cancellationToken);
        return null;
    }

    private async Task WaitAsync(KeyValue own, CancellationToken cancellationToken)
    {
        var here = false;
        try
        {
            await line.WaitForFirstAsync(own, cancellationToken);
            here = true;
        }
        finally
        {
            if (!here)
            {
                await LeaveAsync(own);
            }
        }
    }

    private async Task LeaveAsync(KeyValue own)
    {
        using var patience = new CancellationTokenSource(s_leavePatience);
        try
        {
            await line.LeaveAsync(own.Key, own.CreateRevision, patience.Token);
        }
        catch (Exception failure) when (failure is EtcdException or OperationCanceledException)
        {
            // The reason for giving up is on its way to the caller; the place goes with the lease.
            return;
        }
    }
}
