namespace EtcdSharp.Platform;

/// <summary>The device or the quota has no space left for a write (ENOSPC, EDQUOT).</summary>
public sealed class DiskFullException : IOException
{
    public DiskFullException() { }

    public DiskFullException(string message)
        : base(message) { }

    public DiskFullException(string message, Exception inner)
        : base(message, inner) { }
}
