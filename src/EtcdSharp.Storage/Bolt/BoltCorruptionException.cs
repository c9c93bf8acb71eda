namespace EtcdSharp.Storage.Bolt;

/// <summary>A page of a bolt file is not what the format demands. Nothing was changed.</summary>
internal sealed class BoltCorruptionException : IOException
{
    public BoltCorruptionException(string path, ulong pageId, BoltDamage damage, string detail)
        : base($"bolt file '{path}', page {pageId}: {damage}: {detail}")
    {
        FilePath = path;
        PageId = pageId;
        Damage = damage;
    }

    public string FilePath { get; }

    public ulong PageId { get; }

    public BoltDamage Damage { get; }
}
