namespace EtcdSharp.Platform.Simulated;

/// <summary>What an interceptor lets happen to a step.</summary>
public enum DiskVerdict
{
    Proceed,

    /// <summary>The step reports success without effect: a disk that lies about a sync or loses a write.</summary>
    Skip,
}
