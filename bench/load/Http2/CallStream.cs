namespace EtcdSharp.Bench.Http2;

/// <summary>One call in flight. Objects are used again for later calls.</summary>
internal sealed class CallStream
{
    /// <summary>The number of the stream on the wire.</summary>
    public uint Id { get; set; }

    /// <summary>What the owner of the call wants to find again.</summary>
    public int Tag { get; set; }

    /// <summary>Which of the owner's series the call belongs to.</summary>
    public int Series { get; set; }

    /// <summary>Whether messages are handed over as they come; else only their bytes are counted.</summary>
    public bool Streaming { get; set; }

    /// <summary>How much the peer takes on this stream before it wants to be asked.</summary>
    public long SendWindow { get; set; }

    /// <summary>Bytes received since the last time the peer was told to go on.</summary>
    public long Unacknowledged { get; set; }

    public long BytesReceived { get; set; }

    public int Status { get; set; }

    /// <summary>The beginning of a message whose rest is still to come.</summary>
    public byte[] Partial { get; set; } = [];

    public int PartialLength { get; set; }
}
