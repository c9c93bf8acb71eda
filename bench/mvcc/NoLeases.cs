using EtcdSharp.Mvcc;

namespace EtcdSharp.Bench.Mvcc;

internal sealed class NoLeases : ILeaseAttachments
{
    public long LeaseOf(ReadOnlySpan<byte> key) => 0;

    public bool Attach(long lease, ReadOnlySpan<byte> key) => false;

    public void Detach(long lease, ReadOnlySpan<byte> key) { }
}
