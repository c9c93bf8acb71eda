using EtcdSharp.Api.Errors;

namespace EtcdSharp.Client;

/// <summary>An election that was won. Disposing it resigns.</summary>
public sealed class Leadership : IAsyncDisposable
{
    private readonly IKvClient kv;
    private readonly WaitingLine line;
    private readonly IKeptLease lease;

    internal Leadership(IKvClient kv, WaitingLine line, IKeptLease lease, KeyValue own)
    {
        this.kv = kv;
        this.line = line;
        this.lease = lease;
        Key = own.Key;
        Revision = own.CreateRevision;
    }

    /// <summary>The leader's key.</summary>
    public EtcdBytes Key { get; }

    /// <summary>Grows with each leader.</summary>
    public long Revision { get; }

    /// <summary>Cancelled when the leadership must be taken for lost, because its lease is.</summary>
    public CancellationToken Lost => lease.Lost;

    /// <summary>Holds as long as it leads: as a condition of transactions it keeps late writes out.</summary>
    public Condition StillLeads => Condition.CreateRevision(Key).Is(Revision);

    /// <summary>Changes the value that all see, without another election.</summary>
    /// <exception cref="EtcdException"><c>NotLeader</c>: it leads no more.</exception>
    public async Task ProclaimAsync(EtcdBytes value, CancellationToken cancellationToken = default)
    {
        var result = await kv.Transaction()
            .If(StillLeads)
            .Then(Operation.Put(Key, value, new PutOptions { Lease = lease.Id }))
            .CommitAsync(cancellationToken);
        if (!result.Succeeded)
        {
            throw new EtcdException(EtcdError.NotLeader);
        }
    }

    /// <summary>Lets another one lead.</summary>
    public Task ResignAsync(CancellationToken cancellationToken = default) => line.LeaveAsync(Key, Revision, cancellationToken);

    /// <summary>Lets another one lead.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!lease.Lost.IsCancellationRequested)
        {
            await ResignAsync();
        }
    }
}
