namespace EtcdSharp.Mvcc.Tests;

internal sealed class NoWatchers : IWatchNotifier
{
    public void Notify(MvccEvents events) => Assert.NotEqual(0, events.Count);
}
