using System.Runtime.InteropServices;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Backend;

/// <summary>
/// One reader's hold on a view: what it reads does not change, and spans stay valid, until it is disposed (once).
/// Entries written later to the current batch may or may not be seen; the reader goes by its revision.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct BackendReader : IDisposable
{
    [ThreadStatic]
    private static byte[]? _sought;

    private readonly BackendView _view;

    internal BackendReader(BackendView view) => _view = view;

    public void Dispose() => _view.Handle.Release();

    /// <summary>The encoded KeyValue that a change put into the key bucket.</summary>
    public bool TryGetKey(Revision revision, out ReadOnlySpan<byte> value)
    {
        if (_view.Current.TryGetKey(revision, out value) || (_view.Sealed?.TryGetKey(revision, out value) ?? false))
        {
            return true;
        }

        var key = _sought ??= new byte[Revision.EncodedLength];
        revision.Encode(key, tombstone: false);
        return _view.Handle.Keys.TryGet(key, out value);
    }

    /// <summary>As above for one key after the other; begin with an empty place, and take it along for as long as this reader is held.</summary>
    public bool TryGetKey(Revision revision, ref BoltPlace place, out ReadOnlySpan<byte> value)
    {
        if (_view.Current.TryGetKey(revision, out value) || (_view.Sealed?.TryGetKey(revision, out value) ?? false))
        {
            return true;
        }

        var key = _sought ??= new byte[Revision.EncodedLength];
        revision.Encode(key, tombstone: false);
        return _view.Handle.Keys.TryGet(key, ref place, out value);
    }

    /// <summary>Walks the key bucket in revision order from a revision on.</summary>
    /// <exception cref="BoltCorruptionException">A key is no revision, or the visitor said that a value is damaged.</exception>
    public void VisitKeys<TVisitor>(Revision from, ref TVisitor visitor)
        where TVisitor : IKeyBucketVisitor, allows ref struct
    {
        Span<byte> seek = stackalloc byte[Revision.EncodedLength];
        from.Encode(seek, tombstone: false);
        var cursor = _view.Handle.Keys.Cursor();
        try
        {
            for (var found = cursor.Seek(seek); found; found = cursor.Next())
            {
                if (!visitor.Visit(Revision.Decode(cursor.Key, out var tombstone), tombstone, cursor.Value))
                {
                    return;
                }
            }
        }
        catch (InvalidDataException damage)
        {
            // Whoever reads the bucket knows what is wrong, but not where.
            throw cursor.Damaged(BoltDamage.BadContent, damage.Message);
        }

        if (_view.Sealed is null || VisitBatch(_view.Sealed, from, ref visitor))
        {
            VisitBatch(_view.Current, from, ref visitor);
        }
    }

    public byte[]? Get(BackendBucket bucket, byte[] key)
    {
        if (_view.Current.Changes(bucket) is { } current && current.TryGetValue(key, out var pending))
        {
            return pending;
        }

        if (_view.Sealed?.Changes(bucket) is { } earlier && earlier.TryGetValue(key, out pending))
        {
            return pending;
        }

        return _view.Handle.Bucket(bucket) is { } stored && stored.TryGet(key, out var value) ? value.ToArray() : null;
    }

    public IReadOnlyList<KeyValuePair<byte[], byte[]>> List(BackendBucket bucket)
    {
        var all = new SortedDictionary<byte[], byte[]>(BytesComparer.Instance);
        if (_view.Handle.Bucket(bucket) is { } stored)
        {
            var cursor = stored.Cursor();
            for (var found = cursor.SeekFirst(); found; found = cursor.Next())
            {
                all[cursor.Key.ToArray()] = cursor.Value.ToArray();
            }
        }

        Overlay(all, _view.Sealed, bucket);
        Overlay(all, _view.Current, bucket);
        return [.. all];
    }

    private static bool VisitBatch<TVisitor>(WriteBatch batch, Revision from, ref TVisitor visitor)
        where TVisitor : IKeyBucketVisitor, allows ref struct
    {
        var count = batch.KeyCount;
        for (var i = batch.LowerBound(from, count); i < count; i++)
        {
            ref readonly var entry = ref batch.KeyAt(i);
            if (!visitor.Visit(entry.Revision, entry.IsTombstone, entry.Value))
            {
                return false;
            }
        }

        return true;
    }

    private static void Overlay(SortedDictionary<byte[], byte[]> all, WriteBatch? batch, BackendBucket bucket)
    {
        if (batch?.Changes(bucket) is not { } changes)
        {
            return;
        }

        foreach (var (key, value) in changes)
        {
            if (value is null)
            {
                all.Remove(key);
            }
            else
            {
                all[key] = value;
            }
        }
    }
}
