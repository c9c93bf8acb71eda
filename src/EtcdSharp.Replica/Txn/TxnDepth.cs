namespace EtcdSharp.Replica.Txn;

/// <summary>
/// How deep transactions may nest in each other. All who follow them down do it by recursion, and a thread that runs out of
/// stack ends the process, so the depth is compared before each step.
/// </summary>
internal static class TxnDepth
{
    /// <summary>
    /// For requests: as deep as the usual --max-txn-ops lets them nest (each level counts as an operation of the one above),
    /// whatever the flag says. The deepest path takes about 1.5 KB of stack for each level, of 1.5 MB that a thread of the
    /// pool has where it has least.
    /// </summary>
    public const int RequestMax = 128;

    /// <summary>
    /// For entries of the log, which real members may have written: their decoder takes messages 10,000 deep, and each level of
    /// a transaction is two, the operation and the request in it. Deeper ones are refused, which every member of ours does alike. The apply
    /// loop has the stack for it.
    /// </summary>
    public const int EntryMax = 5_000;
}
