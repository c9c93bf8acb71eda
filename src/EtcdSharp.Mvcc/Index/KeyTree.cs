namespace EtcdSharp.Mvcc.Index;

/// <summary>
/// All records in key order: a B+tree with one writer and readers without locks. Leaves and the shape of inner nodes
/// are immutable; a change replaces the child of one inner node, or the node itself when its shape changes. A reader
/// that holds an old node reads the past: every key that was there when it came, none twice.
/// </summary>
internal sealed class KeyTree
{
    /// <summary>A leaf with fewer records is joined with a neighbour when both fit into three quarters of a leaf.</summary>
    private const int RecordsMin = TreeLeaf.RecordsMax / 4;
    private const int JoinedMax = TreeLeaf.RecordsMax * 3 / 4;

    private TreeNode _root = new TreeLeaf([]);

    public TreeNode Root => Volatile.Read(ref _root);

    /// <summary>The leaf where a key is or would be.</summary>
    public TreeLeaf Descend(ReadOnlySpan<byte> key, ref TreePath path)
    {
        path.Levels = 0;
        var node = Root;
        while (node is TreeInner inner)
        {
            var place = inner.ChildFor(key);
            path.Push(inner, place);
            node = inner[place];
        }

        return (TreeLeaf)node;
    }

    public void Insert(KeyRecord record)
    {
        var path = new TreePath();
        var old = Descend(record.Key, ref path).Records;
        var place = TreeLeaf.LowerBound(old, record.Key);
        var records = new KeyRecord[old.Length + 1];
        Array.Copy(old, 0, records, 0, place);
        records[place] = record;
        Array.Copy(old, place, records, place + 1, old.Length - place);
        if (records.Length <= TreeLeaf.RecordsMax)
        {
            Replace(ref path, path.Levels, new TreeLeaf(records));
            return;
        }

        // Keys that come in order leave full leaves behind instead of half full ones.
        var left = place == old.Length ? old.Length : records.Length / 2;
        Split(ref path, path.Levels, new TreeLeaf(records[..left]), records[left].Key, new TreeLeaf(records[left..]));
    }

    /// <summary>Puts fewer records in the place of those in the leaf that the path leads to.</summary>
    public void Shrink(ref TreePath path, KeyRecord[] records)
    {
        if (path.Levels == 0 || records.Length >= RecordsMin)
        {
            Replace(ref path, path.Levels, new TreeLeaf(records));
            return;
        }

        if (records.Length == 0)
        {
            RemoveChild(ref path, path.Levels - 1);
            return;
        }

        var parent = path.Node(path.Levels - 1);
        var place = path.Place(path.Levels - 1);
        if (place + 1 < parent.Count && parent[place + 1] is TreeLeaf right && records.Length + right.Records.Length <= JoinedMax)
        {
            ReplaceInner(ref path, path.Levels - 1, parent.WithMerge(place, new TreeLeaf([.. records, .. right.Records])));
        }
        else if (place > 0 && parent[place - 1] is TreeLeaf left && records.Length + left.Records.Length <= JoinedMax)
        {
            ReplaceInner(ref path, path.Levels - 1, parent.WithMerge(place - 1, new TreeLeaf([.. left.Records, .. records])));
        }
        else
        {
            Replace(ref path, path.Levels, new TreeLeaf(records));
        }
    }

    /// <summary>Replaces everything by records in key order; before any reader comes.</summary>
    public void Fill(ReadOnlySpan<KeyRecord> sorted)
    {
        const int Filled = TreeLeaf.RecordsMax * 3 / 4;
        var nodes = new List<TreeNode>();
        var lowest = new List<byte[]>();
        for (var start = 0; start < sorted.Length; start += Filled)
        {
            nodes.Add(new TreeLeaf(sorted.Slice(start, Math.Min(Filled, sorted.Length - start)).ToArray()));
            lowest.Add(sorted[start].Key);
        }

        while (nodes.Count > 1)
        {
            var above = new List<TreeNode>();
            var aboveLowest = new List<byte[]>();
            for (var start = 0; start < nodes.Count; start += Filled)
            {
                var count = Math.Min(Filled, nodes.Count - start);
                above.Add(new TreeInner([.. lowest.GetRange(start + 1, count - 1)], [.. nodes.GetRange(start, count)]));
                aboveLowest.Add(lowest[start]);
            }

            (nodes, lowest) = (above, aboveLowest);
        }

        Volatile.Write(ref _root, nodes.Count == 1 ? nodes[0] : new TreeLeaf([]));
    }

    /// <summary>Puts a node in the place that the path's first <paramref name="levels"/> steps lead to.</summary>
    private void Replace(ref TreePath path, int levels, TreeNode node)
    {
        if (levels == 0)
        {
            Volatile.Write(ref _root, node);
        }
        else
        {
            path.Node(levels - 1)[path.Place(levels - 1)] = node;
        }
    }

    private void ReplaceInner(ref TreePath path, int level, TreeInner node) =>
        Replace(ref path, level, level == 0 && node.Count == 1 ? node[0] : node);

    private void Split(ref TreePath path, int levels, TreeNode left, byte[] separator, TreeNode right)
    {
        while (levels > 0)
        {
            var place = path.Place(levels - 1);
            var node = path.Node(levels - 1).WithSplit(place, left, separator, right);
            levels--;
            if (node.Count <= TreeInner.ChildrenMax)
            {
                Replace(ref path, levels, node);
                return;
            }

            var atEnd = place == node.Count - 2;
            (left, separator, right) = node.Split(atEnd ? node.Count - 1 : node.Count / 2);
        }

        Volatile.Write(ref _root, new TreeInner([separator], [left, right]));
    }

    private void RemoveChild(ref TreePath path, int level)
    {
        while (level >= 0)
        {
            if (path.Node(level).Without(path.Place(level)) is { } node)
            {
                ReplaceInner(ref path, level, node);
                return;
            }

            level--;
        }

        Volatile.Write(ref _root, new TreeLeaf([]));
    }
}
