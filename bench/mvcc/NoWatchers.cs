using EtcdSharp.Mvcc;

namespace EtcdSharp.Bench.Mvcc;

internal sealed class NoWatchers : IWatchNotifier
{
    public void Notify(MvccEvents events) { }
}
