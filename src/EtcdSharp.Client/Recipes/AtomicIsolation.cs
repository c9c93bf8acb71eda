namespace EtcdSharp.Client;

/// <summary>What code that runs atomically may see of others. The stricter, the more often it is run again.</summary>
public enum AtomicIsolation
{
    /// <summary>All reads as of one revision, and what is written was not changed by others since: as if alone.</summary>
    SerializableSnapshot,

    /// <summary>All reads as of one revision, none of them outdated at the end.</summary>
    Serializable,

    /// <summary>A key read twice is the same, and none that was read is outdated at the end.</summary>
    RepeatableReads,

    /// <summary>Reads see what is there at that moment; the writes happen at once, whatever others did.</summary>
    ReadCommitted,
}
