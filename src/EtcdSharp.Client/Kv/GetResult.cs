using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>The keys that were found.</summary>
public sealed class GetResult
{
    /// <summary>Around the message of the API, which must not change any more.</summary>
    public GetResult(RangeResponse message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Message = message;
        KeyValues = message.Kvs.Count == 0 ? [] : [.. message.Kvs.Select(static keyValue => new KeyValue(keyValue))];
    }

    /// <summary>Who answered, and at which revision the store was.</summary>
    public ResponseHeader Header => Message.Header;

    /// <summary>What was found, in the order asked for; by key where none was.</summary>
    public IReadOnlyList<KeyValue> KeyValues { get; }

    /// <summary>The first, or null where there is none: handy for a single key.</summary>
    public KeyValue? First => KeyValues.Count == 0 ? null : KeyValues[0];

    /// <summary>There are more than the limit let through.</summary>
    public bool More => Message.More;

    /// <summary>How many keys the range has, whatever the limit.</summary>
    public long Count => Message.Count;

    /// <summary>The message of the API.</summary>
    public RangeResponse Message { get; }
}
