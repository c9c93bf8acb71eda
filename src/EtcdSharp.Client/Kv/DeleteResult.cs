using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>A deletion that is done and on disk.</summary>
public sealed class DeleteResult
{
    /// <summary>Around the message of the API, which must not change any more.</summary>
    public DeleteResult(DeleteRangeResponse message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Message = message;
        Previous = [.. message.PrevKvs.Select(static keyValue => new KeyValue(keyValue))];
    }

    /// <summary>Who answered, and the revision of the deletion.</summary>
    public ResponseHeader Header => Message.Header;

    /// <summary>How many keys there were.</summary>
    public long Deleted => Message.Deleted;

    /// <summary>What was there before, where that was asked for.</summary>
    public IReadOnlyList<KeyValue> Previous { get; }

    /// <summary>The message of the API.</summary>
    public DeleteRangeResponse Message { get; }
}
