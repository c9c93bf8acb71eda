namespace EtcdSharp.Storage.Snap.V2;

/// <summary>What a request in the form of the old store asks for.</summary>
internal enum LegacyRequestKind
{
    /// <summary>Not one of the requests that still mean something (or a read); applying it changes nothing.</summary>
    None,

    /// <summary>A member publishes its name and client URLs.</summary>
    MemberAttributes,

    /// <summary>The cluster's version is set.</summary>
    ClusterVersion,
}
