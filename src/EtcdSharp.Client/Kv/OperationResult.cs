using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>What one step answered; one of the four is set, as the step was.</summary>
public sealed class OperationResult
{
    internal OperationResult(ResponseOp message)
    {
        switch (message.ResponseCase)
        {
            case ResponseOp.ResponseOneofCase.ResponseRange:
                Get = new GetResult(message.ResponseRange);
                break;
            case ResponseOp.ResponseOneofCase.ResponsePut:
                Put = new PutResult(message.ResponsePut);
                break;
            case ResponseOp.ResponseOneofCase.ResponseDeleteRange:
                Delete = new DeleteResult(message.ResponseDeleteRange);
                break;
            case ResponseOp.ResponseOneofCase.ResponseTxn:
                Nested = new TransactionResult(message.ResponseTxn);
                break;
        }
    }

    /// <summary>Of <see cref="Operation.Get"/>.</summary>
    public GetResult? Get { get; }

    /// <summary>Of <see cref="Operation.Put"/>.</summary>
    public PutResult? Put { get; }

    /// <summary>Of <see cref="Operation.Delete"/>.</summary>
    public DeleteResult? Delete { get; }

    /// <summary>Of <see cref="Operation.Nested"/>.</summary>
    public TransactionResult? Nested { get; }
}
