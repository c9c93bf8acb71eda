namespace EtcdSharp.Mvcc.Watch;

/// <summary>
/// The watchers of key ranges: a balanced (AVL) tree ordered by start and then end, each node of which knows the
/// furthest end below it, so that a key finds its ranges without visiting those that cannot contain it. An empty end
/// means without end.
/// </summary>
internal sealed class WatcherIntervalTree
{
    private Node? _root;

    public int IntervalCount { get; private set; }

    public void Add(Watcher watcher) => _root = Insert(_root, watcher);

    public void Remove(Watcher watcher)
    {
        var node = Find(watcher) ?? throw new InvalidOperationException("A watcher leaves a tree that it is not in.");
        node.Watchers.Remove(watcher);
        if (node.Watchers.Count == 0)
        {
            _root = Delete(_root, node.Start, node.End);
            IntervalCount--;
        }
    }

    /// <summary>Empties the tree; adds who was in it to <paramref name="all"/>.</summary>
    public void RemoveAll(List<Watcher> all)
    {
        Gather(_root, all);
        _root = null;
        IntervalCount = 0;
    }

    /// <summary>Adds to <paramref name="found"/> the watchers of every range that contains the key.</summary>
    public void Collect(ReadOnlySpan<byte> key, List<WatcherList> found) => Collect(_root, key, found);

    private static void Gather(Node? node, List<Watcher> all)
    {
        if (node is not null)
        {
            Gather(node.Left, all);
            all.AddRange(node.Watchers.Watchers);
            Gather(node.Right, all);
        }
    }

    private static void Collect(Node? node, ReadOnlySpan<byte> key, List<WatcherList> found)
    {
        while (node is not null && IsBefore(key, node.FurthestEnd))
        {
            Collect(node.Left, key, found);
            if (key.SequenceCompareTo(node.Start) < 0)
            {
                return;
            }

            if (IsBefore(key, node.End))
            {
                found.Add(node.Watchers);
            }

            node = node.Right;
        }
    }

    private Node? Find(Watcher watcher)
    {
        var node = _root;
        while (node is not null)
        {
            var order = Compare(watcher.Key, watcher.End!, node);
            if (order == 0)
            {
                return node;
            }

            node = order < 0 ? node.Left : node.Right;
        }

        return null;
    }

    private Node Insert(Node? node, Watcher watcher)
    {
        if (node is null)
        {
            IntervalCount++;
            var leaf = new Node(watcher.Key, watcher.End!);
            leaf.Watchers.Add(watcher);
            return leaf;
        }

        var order = Compare(watcher.Key, watcher.End!, node);
        if (order == 0)
        {
            node.Watchers.Add(watcher);
            return node;
        }

        if (order < 0)
        {
            node.Left = Insert(node.Left, watcher);
        }
        else
        {
            node.Right = Insert(node.Right, watcher);
        }

        return Balance(node);
    }

    private static Node? Delete(Node? node, byte[] start, byte[] end)
    {
        if (node is null)
        {
            throw new InvalidOperationException("An interval that was found is gone.");
        }

        var order = Compare(start, end, node);
        if (order < 0)
        {
            node.Left = Delete(node.Left, start, end);
            return Balance(node);
        }

        if (order > 0)
        {
            node.Right = Delete(node.Right, start, end);
            return Balance(node);
        }

        if (node.Left is null || node.Right is null)
        {
            return node.Left ?? node.Right;
        }

        var successor = node.Right;
        while (successor.Left is not null)
        {
            successor = successor.Left;
        }

        var right = Delete(node.Right, successor.Start, successor.End);
        successor.Left = node.Left;
        successor.Right = right;
        return Balance(successor);
    }

    private static Node Balance(Node node)
    {
        node.Update();
        var lean = Height(node.Left) - Height(node.Right);
        if (lean > 1)
        {
            if (Height(node.Left!.Left) < Height(node.Left.Right))
            {
                node.Left = RotateLeft(node.Left);
            }

            return RotateRight(node);
        }

        if (lean < -1)
        {
            if (Height(node.Right!.Right) < Height(node.Right.Left))
            {
                node.Right = RotateRight(node.Right);
            }

            return RotateLeft(node);
        }

        return node;
    }

    private static Node RotateLeft(Node node)
    {
        var top = node.Right!;
        node.Right = top.Left;
        top.Left = node;
        node.Update();
        top.Update();
        return top;
    }

    private static Node RotateRight(Node node)
    {
        var top = node.Left!;
        node.Left = top.Right;
        top.Right = node;
        node.Update();
        top.Update();
        return top;
    }

    private static int Height(Node? node) => node?.Height ?? 0;

    private static bool IsBefore(ReadOnlySpan<byte> key, byte[] end) => end.Length == 0 || key.SequenceCompareTo(end) < 0;

    private static int CompareEnds(byte[] left, byte[] right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            return (left.Length == 0 ? 1 : 0) - (right.Length == 0 ? 1 : 0);
        }

        return left.AsSpan().SequenceCompareTo(right);
    }

    private static int Compare(byte[] start, byte[] end, Node node)
    {
        var order = start.AsSpan().SequenceCompareTo(node.Start);
        return order != 0 ? order : CompareEnds(end, node.End);
    }

    private sealed class Node(byte[] start, byte[] end)
    {
        public readonly byte[] Start = start;
        public readonly byte[] End = end;
        public readonly WatcherList Watchers = new();
        public byte[] FurthestEnd = end;
        public int Height = 1;
        public Node? Left;
        public Node? Right;

        public void Update()
        {
            Height = 1 + Math.Max(WatcherIntervalTree.Height(Left), WatcherIntervalTree.Height(Right));
            FurthestEnd = End;
            Widen(Left);
            Widen(Right);
        }

        private void Widen(Node? child)
        {
            if (child is not null && CompareEnds(child.FurthestEnd, FurthestEnd) > 0)
            {
                FurthestEnd = child.FurthestEnd;
            }
        }
    }
}
