using EtcdSharp.Mvcc;

namespace EtcdSharp.Replica.Answers;

/// <summary>
/// An operation of a transaction failed although the check had let it pass. For a transaction that writes this is
/// the end of the member; a read-only one may lose its revision to a compaction and answers that.
/// </summary>
internal sealed class TxnExecutionException : Exception
{
    public TxnExecutionException(MvccStatus status)
        : base($"an operation of a transaction failed after its check: {status}")
    {
        Status = status;
    }

    public MvccStatus Status { get; }
}
