namespace EtcdSharp.Client;

/// <summary>How to delete.</summary>
public sealed record DeleteOptions
{
    /// <summary>Answers with what was there before.</summary>
    public bool PreviousValues { get; init; }
}
