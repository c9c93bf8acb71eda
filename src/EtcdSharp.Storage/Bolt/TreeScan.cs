namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// Visits every page that a committed state reaches, each once. While opening, the first damage is thrown; in a
/// check, damages are collected, and keys are compared with each other and with the branches above them.
/// </summary>
internal sealed class TreeScan
{
    /// <summary>A file full of damage needs no longer list than this to be told apart from a sound one.</summary>
    private const int MaxFindings = 10_000;

    /// <summary>The detail of a page that is referenced and also on the list of free pages.</summary>
    public const string InUseAndFree = "in use and free";

    private readonly CommittedState _state;
    private readonly List<BoltFinding>? _findings;

    private TreeScan(CommittedState state, List<BoltFinding>? findings)
    {
        _state = state;
        _findings = findings;
    }

    public PageBitmap Reachable { get; } = new();

    /// <summary>The pages in use; throws at the first damage that is met.</summary>
    public static PageBitmap FindReachable(CommittedState state)
    {
        var scan = new TreeScan(state, findings: null);
        scan.VisitFreelist();
        scan.VisitPage(state.Meta.RootPage, 0, 0, default, default);
        return scan.Reachable;
    }

    public static TreeScan Check(CommittedState state, List<BoltFinding> findings)
    {
        var scan = new TreeScan(state, findings);
        scan.Guard(scan.VisitFreelist);
        scan.VisitPage(state.Meta.RootPage, 0, 0, default, default);
        return scan;
    }

    public void Report(ulong pageId, BoltDamage damage, string detail)
    {
        if (_findings is null)
        {
            throw _state.Damaged(pageId, damage, detail);
        }

        if (_findings.Count < MaxFindings)
        {
            _findings.Add(new BoltFinding(pageId, damage, detail));
        }
    }

    /// <summary>Checks only what a page leads to; its keys are not compared with what is above it.</summary>
    public static void CheckFrom(CommittedState state, ulong pageId, List<BoltFinding> findings) =>
        new TreeScan(state, findings).VisitPage(pageId, 0, 0, default, default);

    /// <summary>Compares the pages in use with the free ones: every page must be exactly one of both.</summary>
    public void CompareWithFree(Func<ulong, bool> isFree)
    {
        for (ulong id = PageFormat.FirstDataPage; id < _state.Meta.HighWaterMark; id++)
        {
            bool reachable = Reachable.Contains(id);
            if (reachable == isFree(id))
            {
                Report(
                    id,
                    reachable ? BoltDamage.ReferencedTwice : BoltDamage.Unreachable,
                    reachable ? InUseAndFree : "neither in use nor free"
                );
            }
        }
    }

    private void VisitFreelist()
    {
        ulong pageId = _state.Meta.FreelistPage;
        if (pageId != MetaPage.NoFreelist)
        {
            Mark(pageId, FreelistPage.OverflowCount(_state, pageId));
        }
    }

    private void Guard(Action visit)
    {
        try
        {
            visit();
        }
        catch (BoltCorruptionException damage) when (_findings is not null)
        {
            Report(damage.PageId, damage.Damage, damage.Message);
        }
    }

    private bool Mark(ulong pageId, uint overflowCount)
    {
        bool fresh = true;
        for (ulong id = pageId; id <= pageId + overflowCount; id++)
        {
            if (!Reachable.Add(id))
            {
                Report(id, BoltDamage.ReferencedTwice, "referenced more than once");
                fresh = false;
            }
        }

        return fresh;
    }

    private void VisitPage(ulong pageId, int depth, int nesting, NodeItem low, NodeItem high)
    {
        try
        {
            if (depth > PageFormat.MaxDepth)
            {
                throw _state.Damaged(pageId, BoltDamage.TooDeep, $"more than {PageFormat.MaxDepth} levels");
            }

            PageView page = _state.Page(pageId);
            if (!Mark(pageId, page.OverflowCount))
            {
                return;
            }

            if (_findings is not null)
            {
                CheckKeys(page, low, high);
            }

            if (page.IsLeaf)
            {
                VisitBuckets(page, nesting);
            }
            else
            {
                VisitChildren(page, depth, nesting, high);
            }
        }
        catch (BoltCorruptionException damage) when (_findings is not null)
        {
            Report(damage.PageId, damage.Damage, damage.Message);
        }
    }

    private void VisitChildren(in PageView page, int depth, int nesting, NodeItem high)
    {
        for (int i = 0; i < page.Count; i++)
        {
            NodeItem next = i + 1 < page.Count ? page.Item(i + 1) : high;
            VisitPage(page.ChildId(i), depth + 1, nesting, page.Item(i), next);
        }
    }

    private void VisitBuckets(in PageView page, int nesting)
    {
        for (int i = 0; i < page.Count; i++)
        {
            if (!page.IsBucket(i))
            {
                continue;
            }

            if (nesting == PageFormat.MaxNesting)
            {
                throw _state.Damaged(page.Id, BoltDamage.TooDeep, $"buckets nested more than {PageFormat.MaxNesting} deep");
            }

            BucketLocation bucket = BucketLocation.Parse(_state, page.Item(i), page.Id);
            if (bucket.IsInline)
            {
                VisitInline(bucket, page.Id);
            }
            else
            {
                VisitPage(bucket.RootPage, 0, nesting + 1, default, default);
            }
        }
    }

    private void VisitInline(in BucketLocation bucket, ulong holderPage)
    {
        PageView page = bucket.RootView(_state);
        if (_findings is not null)
        {
            CheckKeys(page, default, default);
        }

        for (int i = 0; i < page.Count; i++)
        {
            if (page.IsBucket(i))
            {
                Report(holderPage, BoltDamage.BadBucket, "a bucket inside an inline bucket");
            }
        }
    }

    /// <summary>Keys rise within the page, none is below the branch element that leads here, none reaches the next one.</summary>
    private void CheckKeys(in PageView page, in NodeItem low, in NodeItem high)
    {
        ReadOnlySpan<byte> previous = low.Key;
        for (int i = 0; i < page.Count; i++)
        {
            NodeItem item = page.Item(i);
            if (page.IsLeaf && item.KeyLength == 0)
            {
                Report(page.Id, BoltDamage.BadElement, $"key {i} is empty");
            }

            int order = previous.SequenceCompareTo(item.Key);
            if (order > 0 || (order == 0 && i > 0))
            {
                Report(page.Id, BoltDamage.KeyOrder, $"key {i} is not greater than the one before it");
            }

            previous = item.Key;
        }

        if (high.KeyLength > 0 && page.Count > 0 && previous.SequenceCompareTo(high.Key) >= 0)
        {
            Report(page.Id, BoltDamage.KeyOrder, "the last key belongs on a later page");
        }
    }
}
