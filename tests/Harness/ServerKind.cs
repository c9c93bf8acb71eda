namespace EtcdSharp.Harness;

/// <summary>Which server a case runs against.</summary>
public enum ServerKind
{
    /// <summary>The reference: etcd as Debian packages it.</summary>
    Real,

    /// <summary>The program of this repository.</summary>
    Ours,

    /// <summary>A server that somebody else started, named by ETCDSHARP_ENDPOINT.</summary>
    Given,
}
