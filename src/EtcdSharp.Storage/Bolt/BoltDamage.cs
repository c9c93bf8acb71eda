namespace EtcdSharp.Storage.Bolt;

/// <summary>The kinds of damage that reading a bolt file can meet.</summary>
internal enum BoltDamage
{
    /// <summary>Neither meta page has the right magic, version and checksum.</summary>
    NoValidMeta,

    /// <summary>The meta page's numbers contradict each other or the file.</summary>
    BadMeta,

    /// <summary>The file ends before the pages that its meta page counts.</summary>
    Truncated,

    /// <summary>A reference leads outside the pages in use.</summary>
    PageOutOfRange,

    /// <summary>The page carries another page's id.</summary>
    WrongPageId,

    /// <summary>The page has flags other than the place it is referenced from calls for.</summary>
    WrongPageKind,

    /// <summary>The page claims more elements or overflow pages than can be there.</summary>
    BadPageSize,

    /// <summary>A key or value reaches outside its page.</summary>
    BadElement,

    /// <summary>Keys are not in ascending order.</summary>
    KeyOrder,

    /// <summary>The tree or the nesting of buckets is deeper than any real one.</summary>
    TooDeep,

    /// <summary>A page is referenced twice, or is both in use and free.</summary>
    ReferencedTwice,

    /// <summary>A page is neither in use nor free.</summary>
    Unreachable,

    /// <summary>A bucket's header or inline page is malformed.</summary>
    BadBucket,

    /// <summary>The stored list of free pages is malformed.</summary>
    BadFreelist,

    /// <summary>The page is well-formed, but a key or value is not what its bucket holds.</summary>
    BadContent,
}
