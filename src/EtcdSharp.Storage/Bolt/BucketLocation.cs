using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Bolt;

/// <summary>Where a bucket's tree begins: at a page of its own, or inline behind the header in its parent's element.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct BucketLocation
{
    private readonly byte* _inlinePage;
    private readonly long _inlineBytes;

    public BucketLocation(ulong rootPage, ulong sequence)
    {
        RootPage = rootPage;
        Sequence = sequence;
    }

    private BucketLocation(ulong sequence, byte* inlinePage, long inlineBytes)
    {
        Sequence = sequence;
        _inlinePage = inlinePage;
        _inlineBytes = inlineBytes;
    }

    /// <summary>0 for an inline bucket.</summary>
    public ulong RootPage { get; }

    public ulong Sequence { get; }

    public bool IsInline => RootPage == 0;

    public long InlineBytes => _inlineBytes;

    /// <summary>Reads a bucket's element; <paramref name="holderPage"/> is the page to name when it is malformed.</summary>
    public static BucketLocation Parse(CommittedState state, in NodeItem item, ulong holderPage)
    {
        byte* value = item.Data + item.KeyLength;
        if (item.ValueLength < PageFormat.BucketHeaderBytes)
        {
            throw state.Damaged(holderPage, BoltDamage.BadBucket, $"a bucket of {item.ValueLength} bytes");
        }

        ulong rootPage = *(ulong*)value;
        ulong sequence = *(ulong*)(value + sizeof(ulong));
        if (rootPage != 0)
        {
            return new BucketLocation(rootPage, sequence);
        }

        long inlineBytes = item.ValueLength - PageFormat.BucketHeaderBytes;
        if (inlineBytes < PageFormat.HeaderBytes)
        {
            throw state.Damaged(holderPage, BoltDamage.BadBucket, $"an inline page of {inlineBytes} bytes");
        }

        return new BucketLocation(sequence, value + PageFormat.BucketHeaderBytes, inlineBytes);
    }

    public PageView RootView(CommittedState state)
    {
        if (!IsInline)
        {
            return state.Page(RootPage);
        }

        var page = new PageView(state, 0, _inlinePage, _inlineBytes);
        return page.IsLeaf
            ? page
            : throw state.Damaged(state.PageAt(_inlinePage), BoltDamage.BadBucket, "an inline page that is not a leaf");
    }
}
