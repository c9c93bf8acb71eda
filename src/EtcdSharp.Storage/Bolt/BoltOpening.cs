using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Bolt;

/// <summary>The steps of opening a file: lock, create when empty, find the page size and the newer valid meta page, map.</summary>
internal static class BoltOpening
{
    private const int NewFilePages = 4;
    private const int EmptyFreelistPage = 2;
    private const int EmptyRootPage = 3;

    /// <summary>The smallest map; doubled up to 1 GB, from there on in steps of 1 GB.</summary>
    private const long SmallestMapBytes = 32 * 1024;
    private const long LargestMapDoubling = 1024 * 1024 * 1024;

    public static CommittedState LoadState(IDisk disk, IDiskFile file, BoltOptions options)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("bolt files are written for little-endian machines");
        }

        if (!file.TryLock(exclusive: !options.ReadOnly))
        {
            throw new BoltLockedException(file.Path);
        }

        if (!options.ReadOnly && IsUninitialised(file, options))
        {
            Initialise(disk, file, options);
        }

        MetaPage meta = ReadMeta(file);
        long length = file.Length;
        string path = options.NameInMessages ?? file.Path;
        meta.Validate(path, length);
        long mapBytes = options.ReadOnly ? length : Math.Max(length, options.InitialMapBytes);
        return new CommittedState(path, meta, new MappedFile(file.Map(MapBytes(mapBytes))));
    }

    public static long MapBytes(long needed)
    {
        if (needed > LargestMapDoubling)
        {
            return (needed + LargestMapDoubling - 1) / LargestMapDoubling * LargestMapDoubling;
        }

        long bytes = SmallestMapBytes;
        while (bytes < needed)
        {
            bytes *= 2;
        }

        return bytes;
    }

    /// <summary>The page size of a file that need not be sound otherwise; nothing is locked.</summary>
    public static int PageSizeOf(IDiskFile file) => (int)ReadMeta(file).PageSize;

    private static int NewPageSize(BoltOptions options)
    {
        int pageSize = options.PageSize == 0 ? Environment.SystemPageSize : options.PageSize;
        if (pageSize is < PageFormat.MinPageSize or > PageFormat.MaxPageSize || (pageSize & (pageSize - 1)) != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options),
                pageSize,
                "the page size must be a power of two from 1 kB to 16 MB"
            );
        }

        return pageSize;
    }

    /// <summary>
    /// A new file, or one whose creation was cut short. The meta pages are written last, each within one sector, so
    /// then both sectors are still all zeros and the file is no longer than a new one.
    /// </summary>
    private static bool IsUninitialised(IDiskFile file, BoltOptions options)
    {
        long length = file.Length;
        int pageSize = NewPageSize(options);
        if (length > (long)NewFilePages * pageSize)
        {
            return false;
        }

        byte[] head = new byte[2 * pageSize];
        int read = file.ReadAt(0, head);
        return !head.AsSpan(0, read).ContainsAnyExcept((byte)0);
    }

    private static void Initialise(IDisk disk, IDiskFile file, BoltOptions options)
    {
        int pageSize = NewPageSize(options);
        byte[] pages = new byte[NewFilePages * pageSize];
        var meta = new MetaPage
        {
            PageSize = (uint)pageSize,
            RootPage = EmptyRootPage,
            FreelistPage = EmptyFreelistPage,
            HighWaterMark = NewFilePages,
        };
        meta.WriteTo(pages.AsSpan(0, pageSize), 0);
        (meta with { TransactionId = 1 }).WriteTo(pages.AsSpan(pageSize, pageSize), 1);
        PageFormat.WriteHeader(pages.AsSpan(EmptyFreelistPage * pageSize), EmptyFreelistPage, PageFormat.FreelistFlag, 0, 0);
        PageFormat.WriteHeader(pages.AsSpan(EmptyRootPage * pageSize), EmptyRootPage, PageFormat.LeafFlag, 0, 0);

        int metaBytes = (int)PageFormat.FirstDataPage * pageSize;
        file.WriteAt(metaBytes, pages.AsSpan(metaBytes));
        SyncUnlessDisabled(file, options);
        file.WriteAt(0, pages.AsSpan(0, metaBytes));
        SyncUnlessDisabled(file, options);
        if (!options.NoSync && Path.GetDirectoryName(file.Path) is { Length: > 0 } directory)
        {
            disk.SyncDirectory(directory);
        }
    }

    private static void SyncUnlessDisabled(IDiskFile file, BoltOptions options)
    {
        if (!options.NoSync)
        {
            file.SyncData();
        }
    }

    /// <summary>The valid meta page with the higher transaction id. The second one lies at the page size, which only the first one tells.</summary>
    private static MetaPage ReadMeta(IDiskFile file)
    {
        bool hasFirst = TryReadMeta(file, 0, out MetaPage first);
        if (hasFirst)
        {
            bool hasSecond = TryReadMeta(file, first.PageSize, out MetaPage second) && second.PageSize == first.PageSize;
            return hasSecond && second.TransactionId > first.TransactionId ? second : first;
        }

        for (int pageSize = PageFormat.MinPageSize; pageSize <= PageFormat.MaxPageSize; pageSize *= 2)
        {
            if (TryReadMeta(file, pageSize, out MetaPage second) && second.PageSize == pageSize)
            {
                return second;
            }
        }

        throw new BoltCorruptionException(file.Path, 0, BoltDamage.NoValidMeta, $"no valid meta page in {file.Length} bytes");
    }

    private static bool TryReadMeta(IDiskFile file, long offset, out MetaPage meta)
    {
        Span<byte> head = stackalloc byte[PageFormat.MinPageSize];
        int read = file.ReadAt(offset, head);
        return MetaPage.TryRead(head[..read], out meta);
    }
}
