using Pb = EtcdSharp.Api.Mvccpb;

namespace EtcdSharp.Client;

/// <summary>A key with its value and its history in numbers, as they were at one revision.</summary>
public sealed class KeyValue
{
    /// <summary>Around the message of the API, which must not change any more.</summary>
    public KeyValue(Pb.KeyValue message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Message = message;
    }

    /// <summary>The key; without the namespace of the client.</summary>
    public EtcdBytes Key => Message.Key.Memory;

    /// <summary>The value; empty where keys alone were asked for.</summary>
    public EtcdBytes Value => Message.Value.Memory;

    /// <summary>The revision that made the key.</summary>
    public long CreateRevision => Message.CreateRevision;

    /// <summary>The revision that last changed the key.</summary>
    public long ModRevision => Message.ModRevision;

    /// <summary>How many times it was put since it was made; 1 after the first put, 0 for a deleted key.</summary>
    public long Version => Message.Version;

    /// <summary>The lease that the key lives with; 0 means none.</summary>
    public long Lease => Message.Lease;

    /// <summary>The message of the API.</summary>
    public Pb.KeyValue Message { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Key}={Value}";
}
