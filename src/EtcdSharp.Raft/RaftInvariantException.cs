namespace EtcdSharp.Raft;

/// <summary>
/// Raft found itself, its storage or a peer in a state that must not be. The member must stop: going on could lose
/// acknowledged writes. Nothing catches it below the host.
/// </summary>
public sealed class RaftInvariantException : Exception
{
    public RaftInvariantException() { }

    public RaftInvariantException(string message)
        : base(message) { }

    public RaftInvariantException(string message, Exception innerException)
        : base(message, innerException) { }
}
