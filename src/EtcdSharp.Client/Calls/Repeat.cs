namespace EtcdSharp.Client;

/// <summary>When a failed call may be made once more.</summary>
internal enum Repeat
{
    /// <summary>A read: whenever another try may succeed.</summary>
    Always,

    /// <summary>A write: only where it surely did not happen.</summary>
    WhenNotDone,
}
