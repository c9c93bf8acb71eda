using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>
/// Keys and values. Every failure is an <see cref="EtcdException"/>; a cancelled call throws
/// <see cref="OperationCanceledException"/>, and a write cancelled on its way may still happen.
/// </summary>
public interface IKvClient
{
    /// <summary>Reads one key or many, at one revision.</summary>
    /// <exception cref="EtcdException"><c>Compacted</c> or <c>FutureRev</c> where a revision was asked for.</exception>
    Task<GetResult> GetAsync(KeyRange range, GetOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Writes one key.</summary>
    /// <exception cref="EtcdException">
    /// <c>EmptyKey</c>; <c>LeaseNotFound</c>; <c>KeyNotFound</c> where value or lease were to be kept; <c>RequestTooLarge</c>
    /// (1.5 MB where the server's settings are its own); <c>NoSpace</c>, whose outcome is unknown; see
    /// <see cref="EtcdException.OutcomeUnknown"/> for failures on the way.
    /// </exception>
    Task<PutResult> PutAsync(
        EtcdBytes key,
        EtcdBytes value,
        PutOptions? options = null,
        CancellationToken cancellationToken = default
    );

    /// <summary>Deletes one key or many, at one revision.</summary>
    Task<DeleteResult> DeleteAsync(KeyRange range, DeleteOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Starts a transaction, which nothing is sent of before it is committed.</summary>
    Transaction Transaction();

    /// <summary>Carries a transaction out. That its conditions do not hold is an answer, not a failure.</summary>
    /// <exception cref="EtcdException">
    /// <c>DuplicateKey</c>: a branch writes a key twice; <c>TooManyOps</c>: more than 128 in one place where the server's
    /// settings are its own; and all that its steps may fail with.
    /// </exception>
    Task<TransactionResult> CommitAsync(Transaction transaction, CancellationToken cancellationToken = default);

    /// <summary>
    /// Forgets the history up to and without the given revision; reads and watches from before it fail from then on.
    /// </summary>
    /// <param name="revision">The oldest revision that can still be read.</param>
    /// <param name="physical">Waits until the space is free within the file.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="EtcdException"><c>Compacted</c>: it is forgotten already. <c>FutureRev</c>: there is no such revision yet.</exception>
    Task<ResponseHeader> CompactAsync(long revision, bool physical = false, CancellationToken cancellationToken = default);
}
