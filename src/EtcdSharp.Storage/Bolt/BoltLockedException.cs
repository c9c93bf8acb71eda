namespace EtcdSharp.Storage.Bolt;

/// <summary>Another process, or another opener in this one, holds the file.</summary>
internal sealed class BoltLockedException(string path) : IOException($"bolt file '{path}' is locked by another opener")
{
    public string FilePath { get; } = path;
}
