using Pb = EtcdSharp.Api.Mvccpb;

namespace EtcdSharp.Client;

/// <summary>One change of one key.</summary>
public sealed class WatchEvent
{
    /// <summary>Around the message of the API, which must not change any more.</summary>
    public WatchEvent(Pb.Event message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Message = message;
        KeyValue = new KeyValue(message.Kv);
        Previous = message.PrevKv is null ? null : new KeyValue(message.PrevKv);
    }

    /// <summary>The key was deleted, by somebody or because its lease ended. Otherwise it was put.</summary>
    public bool IsDelete => Message.Type == Pb.Event.Types.EventType.Delete;

    /// <summary>The key was put and had not been there before.</summary>
    public bool IsCreate => !IsDelete && KeyValue.CreateRevision == KeyValue.ModRevision;

    /// <summary>The key after the change; of a deleted one the key and the revision of the deletion alone.</summary>
    public KeyValue KeyValue { get; }

    /// <summary>The key before the change, where that was asked for and there was something that is not compacted yet.</summary>
    public KeyValue? Previous { get; }

    /// <summary>The key.</summary>
    public EtcdBytes Key => KeyValue.Key;

    /// <summary>The revision of the change.</summary>
    public long Revision => KeyValue.ModRevision;

    /// <summary>The message of the API.</summary>
    public Pb.Event Message { get; }

    /// <inheritdoc/>
    public override string ToString() => IsDelete ? $"DELETE {Key}" : $"PUT {KeyValue}";
}
