namespace EtcdSharp.Replica.Requests;

/// <summary>What an operation of a transaction is; the numbers are the fields of RequestOp and of ResponseOp.</summary>
internal enum OperationKind
{
    None = 0,
    Range = 1,
    Put = 2,
    DeleteRange = 3,
    Txn = 4,
}
