namespace EtcdSharp.Node.Peers;

/// <summary>What became of a message that was to leave.</summary>
internal enum PeerSending
{
    Queued,

    /// <summary>There is no connection of this kind; another way may be tried.</summary>
    NotConnected,

    /// <summary>The other member takes too slowly; the message is lost.</summary>
    Full,
}
