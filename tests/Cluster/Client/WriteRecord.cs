namespace EtcdSharp.Cluster.Client;

/// <summary>A write and what the client said of it.</summary>
/// <param name="Value">No other write has it. Null for a deletion, whose key no other write deletes.</param>
/// <param name="Revision">Of a write that was done.</param>
/// <param name="Said">The failure, for the report.</param>
internal sealed record WriteRecord(string Key, string? Value, WriteOutcome Outcome, long Revision, string Said)
{
    public override string ToString() => $"{(Value is null ? "delete" : "put")} {Key} {Value}: {Outcome} {Revision} {Said}";
}
