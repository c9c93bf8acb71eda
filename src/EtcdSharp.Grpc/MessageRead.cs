namespace EtcdSharp.Grpc;

/// <summary>What came out of asking for the next message.</summary>
internal enum MessageRead
{
    Message,

    /// <summary>The other side has said all it had to say, between two messages.</summary>
    End,

    /// <summary>No message and none will follow; the reader's failure says why.</summary>
    Failed,
}
