namespace EtcdSharp.Server.Node;

/// <summary>
/// Bounds what the answers to transactions and deletions hold. They are made at apply, where nothing may wait and the
/// state that they describe is there for a moment only, so they are whole in memory until they are sent. An answer that
/// would pass a bound is given up, and the caller hears RESOURCE_EXHAUSTED of a request that was carried out.
/// </summary>
/// <remarks>
/// Etcd has one bound, 2 GiB for a message, which 2 KB of request reach. Here a request of 128 operations can have
/// 2 MiB for each of them, which is more than --max-request-bytes ever let into one key: 128 × 2 MiB = 256 MiB.
/// </remarks>
internal sealed class AnswerMemory(long answerBytesMax, long totalBytesMax)
{
    /// <summary>Answers up to this are always made: more than a key-value of the default --max-request-bytes (1.5 MiB), twice.</summary>
    public const int UncountedBytesMax = 4 * 1024 * 1024;

    private const long DefaultAnswerBytesMax = 256L * 1024 * 1024;

    /// <summary>Two of the largest at a time; a member with etcd's recommended 8 GB has a sixteenth of it in such answers.</summary>
    private const long DefaultTotalBytesMax = 2 * DefaultAnswerBytesMax;

    private long _held;

    /// <summary>Of the whole process, whose memory it is.</summary>
    public static AnswerMemory Shared { get; } = new(DefaultAnswerBytesMax, DefaultTotalBytesMax);

    /// <summary>The most that one answer may have, in bytes.</summary>
    public long AnswerBytesMax { get; } = answerBytesMax;

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
