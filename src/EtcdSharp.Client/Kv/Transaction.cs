using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>
/// Conditions and two branches, decided and carried out at one revision. Without conditions the Then branch is taken.
/// Made by <see cref="IKvClient.Transaction"/>, or with <c>new</c> for nesting.
/// </summary>
public sealed class Transaction
{
    private readonly IKvClient? kv;
    private readonly List<Condition> conditions = [];
    private readonly List<Operation> then = [];
    private readonly List<Operation> otherwise = [];

    /// <summary>One that is part of another, or that is given to <see cref="IKvClient.CommitAsync"/>.</summary>
    public Transaction() { }

    /// <summary>One that <see cref="CommitAsync"/> commits there.</summary>
    public Transaction(IKvClient kv) => this.kv = kv;

    internal bool Writes => then.Exists(static step => step.Writes) || otherwise.Exists(static step => step.Writes);

    /// <summary>All of these must hold, beside those given before.</summary>
    public Transaction If(params ReadOnlySpan<Condition> all)
    {
        conditions.AddRange(all);
        return this;
    }

    /// <summary>Steps, after those given before, for when all conditions hold.</summary>
    public Transaction Then(params ReadOnlySpan<Operation> steps)
    {
        then.AddRange(steps);
        return this;
    }

    /// <summary>Steps, after those given before, for when one condition does not hold.</summary>
    public Transaction Else(params ReadOnlySpan<Operation> steps)
    {
        otherwise.AddRange(steps);
        return this;
    }

    /// <summary>Carries it out.</summary>
    /// <exception cref="EtcdException">Refused, or no answer; see <see cref="EtcdException.OutcomeUnknown"/>.</exception>
    public Task<TransactionResult> CommitAsync(CancellationToken cancellationToken = default) =>
        kv is null
            ? throw new InvalidOperationException("this transaction was made without a client: give it to IKvClient.CommitAsync")
            : kv.CommitAsync(this, cancellationToken);

    internal TxnRequest ToMessage(KeyPrefix prefix)
    {
        var message = new TxnRequest();
        foreach (var condition in conditions)
        {
            message.Compare.Add(condition.ToMessage(prefix));
        }

        foreach (var step in then)
        {
            message.Success.Add(step.ToMessage(prefix));
        }

        foreach (var step in otherwise)
        {
            message.Failure.Add(step.ToMessage(prefix));
        }

        return message;
    }
}
