namespace EtcdSharp.Grpc.Wire;

/// <summary>What came out of reading one length-prefixed message.</summary>
internal enum FrameRead
{
    Message,

    /// <summary>The other side has said all it had to say, between two messages.</summary>
    End,

    /// <summary>No message and none will follow; the reader's failure says why.</summary>
    Failed,
}
