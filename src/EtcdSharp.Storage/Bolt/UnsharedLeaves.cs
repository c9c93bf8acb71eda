using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Bolt;

/// <summary>Walks the elements of those leaves of a bucket that are not among given pages, in key order.</summary>
internal sealed class UnsharedLeaves
{
    private const int UsualDepth = 6;

    private readonly CommittedState _state;
    private readonly PageBitmap _shared;
    private Level[] _path = new Level[UsualDepth];
    private int _depth;

    /// <summary>Stands before the first element.</summary>
    public UnsharedLeaves(CommittedState state, in BucketLocation location, PageBitmap shared)
    {
        _state = state;
        _shared = shared;
        if (location.IsInline || !shared.Contains(location.RootPage))
        {
            Push(location.RootView(state));
        }
    }

    public NodeItem Item => _path[_depth - 1].Page.Item(_path[_depth - 1].Index);

    /// <summary>
    /// The pages of a bucket's tree. Leaves are told by their level, without looking at them: all are equally deep. A
    /// page that two trees share heads the same subtree in both, whatever is known of its level.
    /// </summary>
    public static PageBitmap PagesOf(CommittedState state, in BucketLocation location)
    {
        var pages = new PageBitmap();
        if (location.IsInline)
        {
            return pages;
        }

        pages.Add(location.RootPage);
        var levels = 1;
        for (var page = state.Page(location.RootPage); !page.IsLeaf; page = state.Page(page.ChildId(0)), levels++)
        {
            CheckDepth(state, page.Id, levels);
        }

        AddChildren(state, state.Page(location.RootPage), levels - 1, pages);
        return pages;
    }

    public bool Next()
    {
        while (_depth > 0)
        {
            ref var top = ref _path[_depth - 1];
            if (++top.Index >= top.Page.Count)
            {
                _depth--;
            }
            else if (top.Page.IsLeaf)
            {
                return true;
            }
            else if (top.Page.ChildId(top.Index) is var child && !_shared.Contains(child))
            {
                Push(_state.Page(child));
            }
        }

        return false;
    }

    private static void AddChildren(CommittedState state, in PageView page, int levelsBelow, PageBitmap pages)
    {
        for (var i = 0; levelsBelow > 0 && !page.IsLeaf && i < page.Count; i++)
        {
            pages.Add(page.ChildId(i));
            if (levelsBelow > 1)
            {
                AddChildren(state, state.Page(page.ChildId(i)), levelsBelow - 1, pages);
            }
        }
    }

    private static void CheckDepth(CommittedState state, ulong pageId, int depth)
    {
        if (depth >= PageFormat.MaxDepth)
        {
            throw state.Damaged(pageId, BoltDamage.TooDeep, $"more than {PageFormat.MaxDepth} levels");
        }
    }

    private void Push(in PageView page)
    {
        CheckDepth(_state, page.Id, _depth);
        if (_depth == _path.Length)
        {
            Array.Resize(ref _path, _path.Length * 2);
        }

        _path[_depth++] = new Level(page);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Level(PageView page)
    {
        public readonly PageView Page = page;

        public int Index = -1;
    }
}
