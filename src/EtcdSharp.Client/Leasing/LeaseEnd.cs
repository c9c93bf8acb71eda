namespace EtcdSharp.Client;

/// <summary>Why a lease is kept alive no longer.</summary>
public enum LeaseEnd
{
    /// <summary>Its holder let it go.</summary>
    Released,

    /// <summary>The server says that it does not exist: it ran out or somebody revoked it.</summary>
    Gone,

    /// <summary>No server confirmed it for as long as it lasts, so it must be taken for gone.</summary>
    Unconfirmed,

    /// <summary>The client was closed.</summary>
    ClientClosed,
}
