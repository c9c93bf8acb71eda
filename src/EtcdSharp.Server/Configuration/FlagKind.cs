namespace EtcdSharp.Server.Configuration;

/// <summary>What a flag's text may hold.</summary>
internal enum FlagKind
{
    Text,

    /// <summary>One of the flag's <see cref="FlagDefinition.Choices"/>.</summary>
    Choice,

    /// <summary>Some of the flag's <see cref="FlagDefinition.Choices"/>, separated by commas.</summary>
    Choices,

    Boolean,
    Unsigned,

    /// <summary>As above, of 32 bits.</summary>
    Unsigned32,

    Integer,

    /// <summary>A duration with a unit, as <c>300ms</c>, <c>1m30s</c> or <c>2h</c>.</summary>
    Duration,

    /// <summary>URLs separated by commas; an empty text leaves the default.</summary>
    Urls,

    /// <summary>Origins of web pages, which are URLs, separated by commas; or * for all.</summary>
    Origins,

    /// <summary>Words separated by commas; in the file a list.</summary>
    List,

    /// <summary>Pairs Name=true or Name=false, separated by commas.</summary>
    FeatureGates,
}
