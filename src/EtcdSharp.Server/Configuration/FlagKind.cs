namespace EtcdSharp.Server.Configuration;

/// <summary>What a flag's text may hold.</summary>
internal enum FlagKind
{
    Text,
    Boolean,
    Unsigned,
    Integer,

    /// <summary>A duration with a unit, as <c>300ms</c>, <c>1m30s</c> or <c>2h</c>.</summary>
    Duration,

    /// <summary>URLs separated by commas.</summary>
    Urls,

    /// <summary>Words separated by commas.</summary>
    List,
}
