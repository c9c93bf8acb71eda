namespace EtcdSharp.Server.Configuration;

/// <summary>How far etcd's authors stand behind a flag.</summary>
internal enum FlagStatus
{
    Stable,
    Experimental,

    /// <summary>It goes away; a start that names it says so where <see cref="FlagDefinition.Warning"/> has the words.</summary>
    Deprecated,
}
