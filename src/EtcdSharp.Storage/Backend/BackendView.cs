namespace EtcdSharp.Storage.Backend;

/// <summary>
/// The file as of the last commit, the batch being committed and the batch being written: together, everything, and
/// each change exactly once. Replaced as one, at sealing and at commit.
/// </summary>
internal sealed class BackendView(ReadHandle handle, WriteBatch? sealedBatch, WriteBatch current)
{
    public ReadHandle Handle { get; } = handle;

    public WriteBatch? Sealed { get; } = sealedBatch;

    public WriteBatch Current { get; } = current;
}
