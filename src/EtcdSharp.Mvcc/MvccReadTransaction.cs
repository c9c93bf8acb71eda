using EtcdSharp.Mvcc.Index;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc;

/// <summary>Several reads at one revision, for a transaction without writes.</summary>
internal sealed class MvccReadTransaction : IMvccReader, IDisposable
{
    private readonly MvccStore _store;
    private readonly KeyIndex _index;
    private readonly BackendReader _reader;
    private int _ranges;
    private int _keysLeft;
    private int _bytesLeft;
    private bool _disposed;

    internal MvccReadTransaction(MvccStore store, KeyIndex index, long revision, BackendReader reader)
    {
        _store = store;
        _index = index;
        _reader = reader;
        Revision = revision;
    }

    public long Revision { get; }

    public long CompactedRevision => _store.CompactedRevision;

    public MvccStatus Range(in RangeQuery query, RangeResult result)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _ranges++;
        if (_keysLeft == 0)
        {
            return _store.ReadAt(_reader, Revision, query, result);
        }

        var bounded = query;
        bounded.KeysMax = _keysLeft;
        bounded.BytesMax = query.BytesMax == 0 ? _bytesLeft : Math.Min(query.BytesMax, _bytesLeft);
        var status = _store.ReadAt(_reader, Revision, bounded, result);
        _keysLeft = (int)Math.Max(1, _keysLeft - result.Count);
        _bytesLeft = Math.Max(1, _bytesLeft - result.Framed.Length);
        return status;
    }

    /// <summary>From now on the ranges together may look at so many keys and have so many bytes, or are <see cref="MvccStatus.TooLong"/>.</summary>
    public void Bound(int keysMax, int bytesMax) => (_keysLeft, _bytesLeft) = (keysMax, bytesMax);

    public void Visit<TVisitor>(ReadOnlySpan<byte> key, ReadOnlySpan<byte> rangeEnd, bool withValues, ref TVisitor visitor)
        where TVisitor : struct, IKeyVisitor, allows ref struct
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _ranges++;
        _store.VisitAt(_reader, Revision, key, rangeEnd, withValues, ref visitor);
    }

    public bool TryGetVersion(ReadOnlySpan<byte> key, out KeyVersion version) => _index.TryGet(key, Revision, out version);

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _reader.Dispose();
        _store.Metrics.Ranges.Add(_ranges);
        if (_ranges > 1)
        {
            _store.Metrics.Transactions.Add(1);
        }
    }
}
