using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>A write that is done and on disk.</summary>
public sealed class PutResult
{
    /// <summary>Around the message of the API, which must not change any more.</summary>
    public PutResult(PutResponse message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Message = message;
        Previous = message.PrevKv is null ? null : new KeyValue(message.PrevKv);
    }

    /// <summary>Who answered, and the revision of the write.</summary>
    public ResponseHeader Header => Message.Header;

    /// <summary>What was there before, where that was asked for and there was something.</summary>
    public KeyValue? Previous { get; }

    /// <summary>The message of the API.</summary>
    public PutResponse Message { get; }
}
