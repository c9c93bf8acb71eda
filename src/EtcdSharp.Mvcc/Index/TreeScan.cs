using System.Runtime.InteropServices;

namespace EtcdSharp.Mvcc.Index;

/// <summary>Walks the records of a range in key order, on any thread beside the writer.</summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct TreeScan
{
    private readonly ReadOnlySpan<byte> _end;
    private readonly bool _hasEnd;
    private TreePath _path;
    private KeyRecord[] _records;
    private int _next;

    /// <summary>From <paramref name="key"/> on, up to <paramref name="end"/>; without end when <paramref name="hasEnd"/> is false.</summary>
    public TreeScan(KeyTree tree, ReadOnlySpan<byte> key, ReadOnlySpan<byte> end, bool hasEnd)
    {
        _end = end;
        _hasEnd = hasEnd;
        _path = default;
        _records = tree.Descend(key, ref _path).Records;
        _next = TreeLeaf.LowerBound(_records, key);
        CutAtEnd();
    }

    private int _stop;

    public bool TryNext(out KeyRecord record)
    {
        while (_next >= _stop)
        {
            // A leaf that the end cuts short is the last one.
            if (_stop < _records.Length || !NextLeaf())
            {
                record = null!;
                return false;
            }
        }

        record = _records[_next++];
        return true;
    }

    private bool NextLeaf()
    {
        var level = _path.Levels - 1;
        while (level >= 0 && _path.Place(level) + 1 >= _path.Node(level).Count)
        {
            level--;
        }

        if (level < 0)
        {
            return false;
        }

        _path.Levels = level + 1;
        var node = _path.Node(level)[++_path.Place(level)];
        while (node is TreeInner inner)
        {
            _path.Push(inner, 0);
            node = inner[0];
        }

        _records = ((TreeLeaf)node).Records;
        _next = 0;
        CutAtEnd();
        return true;
    }

    private void CutAtEnd()
    {
        _stop = _records.Length;
        if (_hasEnd && _stop > 0 && _records[_stop - 1].Key.AsSpan().SequenceCompareTo(_end) >= 0)
        {
            _stop = TreeLeaf.LowerBound(_records, _end);
        }
    }
}
