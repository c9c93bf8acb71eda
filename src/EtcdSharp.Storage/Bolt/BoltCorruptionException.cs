namespace EtcdSharp.Storage.Bolt;

/// <summary>A page of a bolt file is not what the format demands: which file, which page and where it begins, what kind of damage. Nothing was changed.</summary>
internal sealed class BoltCorruptionException : IOException
{
    /// <param name="path">The file.</param>
    /// <param name="pageId">The page; 0 where no single one is to blame.</param>
    /// <param name="damage">The kind of damage.</param>
    /// <param name="detail">What was found.</param>
    /// <param name="pageSize">Bytes per page; 0 where the file does not tell.</param>
    public BoltCorruptionException(string path, ulong pageId, BoltDamage damage, string detail, long pageSize = 0)
        : base($"bolt file '{path}', page {pageId}{Place(pageId, pageSize)}: {damage}: {detail}")
    {
        FilePath = path;
        PageId = pageId;
        Damage = damage;
    }

    public string FilePath { get; }

    public ulong PageId { get; }

    public BoltDamage Damage { get; }

    /// <summary>A reference far outside of the file has no place in it.</summary>
    private static string Place(ulong pageId, long pageSize) =>
        pageSize > 0 && pageId <= (ulong)(long.MaxValue / pageSize) ? $", offset {pageId * (ulong)pageSize}" : "";
}
