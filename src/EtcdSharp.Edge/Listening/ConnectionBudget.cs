namespace EtcdSharp.Edge.Listening;

/// <summary>
/// Connections that may be open at once. Who comes when there are so many waits in the system's queue until another has gone, as
/// with etcd.
/// </summary>
internal sealed class ConnectionBudget
{
    private readonly SemaphoreSlim free;

    public ConnectionBudget(long max)
    {
        Max = (int)Math.Min(max, int.MaxValue);
        free = new(Max, Max);
    }

    public int Max { get; }

    /// <summary>Whether none is left.</summary>
    public bool IsSpent => free.CurrentCount == 0;

    public Task TakeAsync(CancellationToken cancellationToken) => free.WaitAsync(cancellationToken);

    public void GiveBack() => free.Release();
}
