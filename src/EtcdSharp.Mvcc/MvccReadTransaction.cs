using EtcdSharp.Mvcc.Index;

namespace EtcdSharp.Mvcc;

/// <summary>Several reads at one revision, for a transaction without writes.</summary>
internal sealed class MvccReadTransaction : IMvccReader, IDisposable
{
    public long Revision => throw new NotSupportedException("to come");

    public long CompactedRevision => throw new NotSupportedException("to come");

    public MvccStatus Range(in RangeQuery query, RangeResult result) => throw new NotSupportedException("to come");

    public bool TryGetVersion(ReadOnlySpan<byte> key, out KeyVersion version) => throw new NotSupportedException("to come");

    public void Dispose() => throw new NotSupportedException("to come");
}
