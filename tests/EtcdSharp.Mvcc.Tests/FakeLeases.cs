using System.Text;

namespace EtcdSharp.Mvcc.Tests;

internal sealed class FakeLeases : ILeaseAttachments
{
    public Dictionary<string, long> Attached { get; } = new(StringComparer.Ordinal);

    public long LeaseOf(ReadOnlySpan<byte> key) => Attached.GetValueOrDefault(Encoding.UTF8.GetString(key));

    public bool Attach(long lease, ReadOnlySpan<byte> key)
    {
        Assert.True(Attached.TryAdd(Encoding.UTF8.GetString(key), lease), "a key hangs on one lease");
        return true;
    }

    public void Detach(long lease, ReadOnlySpan<byte> key) =>
        Assert.True(Attached.Remove(Encoding.UTF8.GetString(key), out var was) && was == lease);
}
