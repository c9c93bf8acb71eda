namespace EtcdSharp.Replica.Answers;

/// <summary>
/// Bounds what the answers to transactions and deletions hold. They are made at apply, where nothing may wait, and are
/// whole until they are sent, apart from the larger key-values, which are read again from the store as the client takes
/// them. An answer that would pass a bound is given up, and the caller hears RESOURCE_EXHAUSTED of a request that was
/// carried out.
/// </summary>
internal sealed class AnswerMemory(long messageBytesMax, long heldBytesMax, long totalBytesMax)
{
    /// <summary>Answers that hold up to this are always made: more than a key-value of the default --max-request-bytes (1.5 MiB), twice.</summary>
    public const int UncountedBytesMax = 4 * 1024 * 1024;

    /// <summary>Key-values are copied until an answer has this many bytes: nearly all have less and are then at hand.</summary>
    public const int CopiedBytesMax = 1024 * 1024;

    /// <summary>What a <see cref="ResponsePiece"/> takes: 8 for the array, 8 for its part, 16 for the revision; and the head between two.</summary>
    public const int BytesPerReference = 48;

    /// <summary>etcd's bound on a message, the largest signed number of 32 bits, less a kibibyte for the response's own header and frames.</summary>
    private const long DefaultMessageBytesMax = int.MaxValue - 1024;

    /// <summary>
    /// 2 GiB of message in key-values of 256 bytes and more are at most 8 million references: 384 MiB. In shorter ones,
    /// which are copied, it is the size of the message.
    /// </summary>
    private const long DefaultHeldBytesMax = 256L * 1024 * 1024;

    /// <summary>Two of the largest at a time; a member with etcd's recommended 8 GB has a sixteenth of it in such answers.</summary>
    private const long DefaultTotalBytesMax = 2 * DefaultHeldBytesMax;

    private long _held;

    /// <summary>Of the whole process, whose memory it is.</summary>
    public static AnswerMemory Shared { get; } = new(DefaultMessageBytesMax, DefaultHeldBytesMax, DefaultTotalBytesMax);

    /// <summary>The largest answer, in bytes of its message.</summary>
    public long MessageBytesMax { get; } = messageBytesMax;

    /// <summary>The most that one answer may hold in memory, in bytes.</summary>
    public long HeldBytesMax { get; } = heldBytesMax;

    /// <summary>What all answers beyond <see cref="UncountedBytesMax"/> hold now, in bytes.</summary>
    public long HeldBytes => Interlocked.Read(ref _held);

    /// <summary>False when the answers that wait to be sent hold too much already.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= totalBytesMax)
        {
            return true;
        }

        Give(bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref _held, -bytes);
}
