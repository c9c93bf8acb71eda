using System.Buffers;

namespace EtcdSharp.Grpc;

/// <summary>
/// Takes the answers of a call, whoever carries them away: begin → bytes, in any number of pieces → end, and flush between any of them;
/// one writer at a time.
/// </summary>
internal interface IAnswerWriter
{
    /// <summary>Begins the next message.</summary>
    /// <param name="bytes">Exactly so many are going to be written to what comes back.</param>
    /// <param name="inPieces">They come piece by piece, with a flush after each: the carrier must not wait for the whole.</param>
    IBufferWriter<byte> Begin(int bytes, bool inPieces);

    void End();

    /// <summary>
    /// Sends what was written and waits where the client reads too slowly. False where nobody is listening any more, or the wait was ended.
    /// </summary>
    ValueTask<bool> FlushAsync();

    /// <summary>The message that was begun will never be whole: the client must not take what it has of it for an answer.</summary>
    /// <param name="reason">CANCELLED, RESOURCE_EXHAUSTED where a limit of the server was the reason, else INTERNAL.</param>
    void Abandon(StatusCode reason);

    /// <summary>Makes a waiting <see cref="FlushAsync"/> come back with false. Any thread.</summary>
    void CancelPendingFlush();
}
