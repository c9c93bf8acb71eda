using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>
/// Keys and values. Every failure is an <see cref="EtcdException"/>; a cancelled call throws
/// <see cref="OperationCanceledException"/>, and a write cancelled on its way may still happen.
/// </summary>
public interface IKvClient
{
    /// <summary>Reads one key or many, at one revision.</summary>
    Task<GetResult> GetAsync(KeyRange range, GetOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Writes one key.</summary>
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

    /// <summary>Carries a transaction out.</summary>
    Task<TransactionResult> CommitAsync(Transaction transaction, CancellationToken cancellationToken = default);

    /// <summary>
    /// Forgets the history up to and without the given revision; reads and watches from before it fail from then on.
    /// </summary>
    /// <param name="revision">The oldest revision that can still be read.</param>
    /// <param name="physical">Waits until the space is free within the file.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<ResponseHeader> CompactAsync(long revision, bool physical = false, CancellationToken cancellationToken = default);
}
