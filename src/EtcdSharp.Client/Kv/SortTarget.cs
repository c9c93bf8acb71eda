namespace EtcdSharp.Client;

/// <summary>What the keys of an answer are ordered by.</summary>
public enum SortTarget
{
    /// <summary>The key itself.</summary>
    Key,

    /// <summary>How often it was put.</summary>
    Version,

    /// <summary>The revision that made it.</summary>
    CreateRevision,

    /// <summary>The revision that last changed it.</summary>
    ModRevision,

    /// <summary>Its value.</summary>
    Value,
}
