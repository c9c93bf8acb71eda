namespace EtcdSharp.Client;

/// <summary>How to write.</summary>
public sealed record PutOptions
{
    /// <summary>The lease that the key lives with; 0 is none: the key stays until it is deleted.</summary>
    public long Lease { get; init; }

    /// <summary>Answers with what was there before.</summary>
    public bool PreviousValue { get; init; }

    /// <summary>Keeps the value and changes the lease alone; the key must be there.</summary>
    public bool KeepValue { get; init; }

    /// <summary>Keeps the lease and changes the value alone; the key must be there.</summary>
    public bool KeepLease { get; init; }
}
