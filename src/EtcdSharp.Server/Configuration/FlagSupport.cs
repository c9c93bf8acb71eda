namespace EtcdSharp.Server.Configuration;

/// <summary>How far the feature behind a flag is built.</summary>
internal enum FlagSupport
{
    /// <summary>The flag does what etcd's documentation says.</summary>
    Built,

    /// <summary>Accepted with any valid value and without effect, because there is nothing here for it to change.</summary>
    Accepted,

    /// <summary>Accepted only with its default value: anything else stops the start, naming the flag.</summary>
    NotBuilt,
}
