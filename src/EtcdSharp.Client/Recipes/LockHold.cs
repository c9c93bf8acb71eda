namespace EtcdSharp.Client;

/// <summary>A lock that is held. Disposing it frees it.</summary>
public sealed class LockHold : IAsyncDisposable
{
    private readonly WaitingLine line;
    private readonly IKeptLease lease;
    private bool released;

    internal LockHold(WaitingLine line, IKeptLease lease, KeyValue own)
    {
        this.line = line;
        this.lease = lease;
        Key = own.Key;
        Revision = own.CreateRevision;
    }

    /// <summary>The holder's key.</summary>
    public EtcdBytes Key { get; }

    /// <summary>Grows with each holder: a resource that refuses smaller ones than it has seen is safe from holders of yesterday.</summary>
    public long Revision { get; }

    /// <summary>Cancelled when the lock must be taken for lost, because its lease is.</summary>
    public CancellationToken Lost => lease.Lost;

    /// <summary>Holds as long as the lock does: as a condition of transactions it keeps late writes out.</summary>
    public Condition StillHeld => Condition.CreateRevision(Key).Is(Revision);

    /// <summary>The lease to let go with the lock, where the lock made it.</summary>
    internal IKeptLease? OwnLease { get; init; }

    /// <summary>Frees the lock. Where that fails it may be tried again; otherwise the end of the lease frees it.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken = default)
    {
        if (!Volatile.Read(ref released))
        {
            await line.LeaveAsync(Key, Revision, cancellationToken);
            Volatile.Write(ref released, true);
        }
    }

    /// <summary>Frees the lock; where its lease was made for it, by ending the lease.</summary>
    public async ValueTask DisposeAsync()
    {
        if (OwnLease is not null)
        {
            await OwnLease.DisposeAsync();
        }
        else if (!lease.Lost.IsCancellationRequested)
        {
            await ReleaseAsync();
        }
    }

    internal LockHold Owning(IKeptLease own) => new(line, lease, Key, Revision) { OwnLease = own };

    private LockHold(WaitingLine line, IKeptLease lease, EtcdBytes key, long revision)
    {
        this.line = line;
        this.lease = lease;
        Key = key;
        Revision = revision;
    }
}
