namespace EtcdSharp.Storage.Backend;

/// <summary>The small buckets of a backend: of the running one with everything pending, or of its file as of one commit.</summary>
internal interface IBackendContents
{
    /// <summary>The value of a key of any bucket but the key bucket; null when it is not there.</summary>
    byte[]? Get(BackendBucket bucket, ReadOnlySpan<byte> key);

    /// <summary>All of a bucket (not the key bucket) in key order.</summary>
    IReadOnlyList<KeyValuePair<byte[], byte[]>> List(BackendBucket bucket);
}
