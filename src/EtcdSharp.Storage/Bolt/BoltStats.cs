using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Bolt;

/// <summary>Counts over the whole file as of the last commit.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BoltStats(
    int PageSize,
    ulong TransactionId,
    long PageCount,
    long FreePageCount,
    long PendingPageCount,
    int OpenReadTransactions,
    long FileBytes
);
