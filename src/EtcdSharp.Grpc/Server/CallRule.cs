namespace EtcdSharp.Grpc.Server;

/// <summary>Who may call a method while users are asked for, and where that is decided.</summary>
public enum CallRule
{
    /// <summary>Only users with the root role. What is registered without a word about it is closed, not open.</summary>
    Admins,

    /// <summary>Any user, but nobody without a token.</summary>
    Users,

    /// <summary>Anybody, but a token that comes along must be valid; the handler gets to know its caller.</summary>
    Named,

    /// <summary>The keys of the request decide, so the handler asks, at the moment at which etcd does.</summary>
    ByRequest,

    /// <summary>Anybody: it tells nothing that the users and roles guard.</summary>
    Anyone,
}
