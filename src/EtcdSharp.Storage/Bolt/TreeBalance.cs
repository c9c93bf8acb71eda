namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// Before a changed bucket is written: leaves and branches that deletions left empty are dropped, those left too
/// small are joined with a neighbour, and a root with a single child gives way to it.
/// </summary>
internal static class TreeBalance
{
    private const int MinLeafKeys = 1;
    private const int MinBranchKeys = 2;

    public static void Balance(BoltWriteTransaction transaction, BoltWriteBucket bucket)
    {
        Node root = bucket.RootNode!;

        // As in bbolt, a page may shrink to half of what a split would have filled.
        var threshold = (long)(transaction.State.PageSize * bucket.FillPercent) / 2;
        BalanceChildren(transaction, root, threshold);
        while (!root.IsLeaf && root.Count <= 1)
        {
            if (root.Count == 0)
            {
                root.BecomeEmptyLeaf();
                break;
            }

            Node child = transaction.LoadChild(root, 0);
            transaction.GiveUpPage(root);
            root = child;
        }

        bucket.RootNode = root;
    }

    private static void BalanceChildren(BoltWriteTransaction transaction, Node parent, long threshold)
    {
        if (parent.IsLeaf)
        {
            return;
        }

        bool needed = false;
        for (int i = 0; i < parent.Count; i++)
        {
            if (parent.Child(i) is Node child)
            {
                BalanceChildren(transaction, child, threshold);
                needed |= IsTooSmall(child, threshold);
            }
        }

        if (needed)
        {
            JoinChildren(transaction, parent, threshold);
        }
    }

    private static bool IsTooSmall(Node node, long threshold) =>
        node.Count == 0
        || (node.Unbalanced && (node.Bytes <= threshold || node.Count <= (node.IsLeaf ? MinLeafKeys : MinBranchKeys)));

    /// <summary>One pass from left to right; a small node joins the one kept before it, and a small first one takes the next in.</summary>
    private static void JoinChildren(BoltWriteTransaction transaction, Node parent, long threshold)
    {
        int kept = 0;
        bool takesNext = false;
        for (int i = 0; i < parent.Count; i++)
        {
            Node? child = parent.Child(i);
            if (child is { Count: 0 })
            {
                transaction.GiveUpPage(child);
                continue;
            }

            bool small = child is not null && IsTooSmall(child, threshold);
            if (kept > 0 && (takesNext || small))
            {
                Node right = transaction.LoadChild(parent, i);
                Node left = transaction.LoadChild(parent, kept - 1);
                CheckSameKind(transaction, left, right);
                left.Absorb(right);
                transaction.GiveUpPage(right);
                takesNext = IsTooSmall(left, threshold);
                continue;
            }

            parent.Keep(i, kept);
            kept++;
            takesNext = small;
        }

        if (kept < parent.Count)
        {
            parent.Truncate(kept);
        }
    }

    private static void CheckSameKind(BoltWriteTransaction transaction, Node left, Node right)
    {
        if (left.IsLeaf != right.IsLeaf)
        {
            throw transaction.State.Damaged(right.PageId, BoltDamage.WrongPageKind, "a leaf beside a branch");
        }
    }
}
