using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>Which branch was taken and what its steps answered.</summary>
public sealed class TransactionResult
{
    /// <summary>Around the message of the API, which must not change any more.</summary>
    public TransactionResult(TxnResponse message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Message = message;
        Responses = [.. message.Responses.Select(static response => new OperationResult(response))];
    }

    /// <summary>Who answered, and the revision of the transaction. Null within a nested one.</summary>
    public ResponseHeader Header => Message.Header;

    /// <summary>True: the conditions held and the Then branch was taken. False: the Else branch.</summary>
    public bool Succeeded => Message.Succeeded;

    /// <summary>One per step of the branch taken, in order.</summary>
    public IReadOnlyList<OperationResult> Responses { get; }

    /// <summary>The message of the API.</summary>
    public TxnResponse Message { get; }
}
