using System.Globalization;

namespace EtcdSharp.Storage.Bolt;

/// <summary>Pages for people: the list of all, the bytes of one, and one in words.</summary>
internal static unsafe class PageListing
{
    private const int ShownValueBytes = 64;

    public static IEnumerable<BoltPageInfo> Pages(CommittedState state)
    {
        PageBitmap reachable = TreeScan.FindReachable(state);
        for (ulong id = 0; id < state.Meta.HighWaterMark; )
        {
            BoltPageInfo info = Describe(state, id, id < PageFormat.FirstDataPage || reachable.Contains(id));
            yield return info;
            id += info.OverflowCount + 1;
        }
    }

    public static byte[] Bytes(CommittedState state, ulong pageId)
    {
        if (pageId >= PageFormat.FirstDataPage)
        {
            byte* page = state.Header(pageId);
            long bytes = (*(uint*)(page + PageFormat.OverflowOffset) + 1L) * state.PageSize;
            return new ReadOnlySpan<byte>(page, checked((int)bytes)).ToArray();
        }

        return new ReadOnlySpan<byte>(state.RawPage(pageId), state.PageSize).ToArray();
    }

    public static void Dump(CommittedState state, ulong pageId, TextWriter writer)
    {
        byte* page = pageId < PageFormat.FirstDataPage ? state.RawPage(pageId) : state.Header(pageId);
        ushort flags = *(ushort*)(page + PageFormat.FlagsOffset);
        writer.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"page {pageId} flags {flags:x2} ({Kind(flags)}) count {*(ushort*)(page + PageFormat.CountOffset)} overflow {*(uint*)(page + PageFormat.OverflowOffset)}"
            )
        );
        switch (Kind(flags))
        {
            case BoltPageKind.Meta:
                writer.WriteLine(
                    MetaPage.TryRead(new ReadOnlySpan<byte>(page, state.PageSize), out MetaPage meta)
                        ? meta.ToString()
                        : "not a valid meta page"
                );
                break;
            case BoltPageKind.Freelist:
                foreach (ulong id in FreelistPage.Entries(state, pageId))
                {
                    writer.WriteLine(id);
                }

                break;
            case BoltPageKind.Leaf or BoltPageKind.Branch:
                DumpElements(state.Page(pageId), writer);
                break;
            default:
                break;
        }
    }

    private static void DumpElements(in PageView page, TextWriter writer)
    {
        for (int i = 0; i < page.Count; i++)
        {
            NodeItem item = page.Item(i);
            ReadOnlySpan<byte> value = item.Value[..Math.Min(item.ValueLength, ShownValueBytes)];
            string what = !page.IsLeaf
                ? string.Create(CultureInfo.InvariantCulture, $"page {item.Tag}")
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(item.IsBucket ? "bucket" : "value")} of {item.ValueLength} bytes {Convert.ToHexStringLower(value)}"
                );
            writer.WriteLine($"{Convert.ToHexStringLower(item.Key)}: {what}");
        }
    }

    private static BoltPageInfo Describe(CommittedState state, ulong id, bool inUse)
    {
        if (!inUse)
        {
            return new BoltPageInfo(id, BoltPageKind.Free, 0, 0);
        }

        byte* page = state.RawPage(id);
        BoltPageKind kind = Kind(*(ushort*)(page + PageFormat.FlagsOffset));
        long count =
            kind == BoltPageKind.Freelist ? FreelistPage.EntryCount(state, id) : *(ushort*)(page + PageFormat.CountOffset);
        return new BoltPageInfo(id, kind, count, *(uint*)(page + PageFormat.OverflowOffset));
    }

    private static BoltPageKind Kind(ushort flags) =>
        flags switch
        {
            PageFormat.BranchFlag => BoltPageKind.Branch,
            PageFormat.LeafFlag => BoltPageKind.Leaf,
            PageFormat.MetaFlag => BoltPageKind.Meta,
            PageFormat.FreelistFlag => BoltPageKind.Freelist,
            _ => BoltPageKind.Unknown,
        };
}
