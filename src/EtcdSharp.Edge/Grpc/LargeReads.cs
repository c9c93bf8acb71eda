using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Server;

namespace EtcdSharp.Edge.Grpc;

/// <summary>
/// What long reads may take from everybody else: memory, by a bound on the bytes of all that are under way, and
/// processor time, by turns. A read takes a turn for a slice of some hundred microseconds and then stands behind
/// whatever else is to be done, so that a put waits for a slice and not for a pass over 200 MB.
/// </summary>
internal sealed class LargeReads
{
    /// <summary>
    /// Bytes that all long reads hold together: 2,048 that are being sent at 128 KiB each, or 256 streams, or sorting
    /// eleven million keys at 24 bytes. Those beyond wait for room, until their caller goes.
    /// </summary>
    public const long InFlightBytesMax = 256L * 1024 * 1024;

    /// <summary>
    /// The part of it that may be answers made in one go: 64 of the largest, a megabyte each. It is the part whose memory comes back only when
    /// the collector gets to it; beyond it answers are made in pieces, which hold an eighth of that.
    /// </summary>
    private const int PartsOfWholeAnswers = 4;

    /// <summary>What is written at a time: below the size that the collector treats as large.</summary>
    public const int PieceBytes = 64 * 1024;

    /// <summary>A read being sent: a piece in the response's pipe and another on its way through the connection's.</summary>
    public const int ReadBytes = 2 * PieceBytes;

    /// <summary>Keys looked at in one turn: 4,096 at some 50 ns in the index are 0.2 ms, and one piece of small values is as much.</summary>
    public const int KeysPerTurn = 4096;

    /// <summary>Who has not taken a piece for this long makes room when others wait for it.</summary>
    public static readonly TimeSpan Stalled = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly LinkedList<LargeRead> _waiting = new();
    private readonly LinkedList<LargeRead> _underWay = new();
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly long _bytesMax;
    private readonly TimeProvider _time;
    private long _freeBytes;
    private long _freeWholeBytes;

    public LargeReads(long bytesMax, TimeProvider time)
    {
        (_bytesMax, _time) = (bytesMax, time);
        _freeBytes = bytesMax;
        _freeWholeBytes = bytesMax / PartsOfWholeAnswers;
    }

    /// <summary>Bytes of the reads under way.</summary>
    public long InFlightBytes => _bytesMax - Volatile.Read(ref _freeBytes);

    /// <summary>Waits for room; dispose what comes back when the read is over.</summary>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public ValueTask<LargeRead> EnterAsync(long bytes, CallContext call, CancellationToken cancellationToken) =>
        EnterAsync(bytes, call.Cancel, cancellationToken);

    /// <inheritdoc cref="EnterAsync(long, CallContext, CancellationToken)"/>
    /// <param name="bytes">What it is going to hold; one that wants more than there is waits until it is alone.</param>
    /// <param name="end">Ends the call, when others wait and its client does not read.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async ValueTask<LargeRead> EnterAsync(long bytes, Action<GrpcStatus> end, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var read = new LargeRead(this, end, Math.Min(bytes, _bytesMax), _time);
        lock (_gate)
        {
            _waiting.AddLast(read.Place);
            AdmitWaiting();
        }

        try
        {
            while (!read.Admitted.IsCompleted)
            {
                await Task.WhenAny(read.Admitted, Task.Delay(Stalled, _time, cancellationToken)).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                MakeRoom();
            }
        }
        catch (OperationCanceledException)
        {
            Leave(read);
            throw;
        }

        return read;
    }

    /// <summary>Room for an answer that is made already, where there is some and nobody waits for it; null otherwise.</summary>
    public LargeRead? TryEnter(long bytes, CallContext call) => TryEnter(bytes, call.Cancel);

    /// <inheritdoc cref="TryEnter(long, CallContext)"/>
    public LargeRead? TryEnter(long bytes, Action<GrpcStatus> end)
    {
        var read = new LargeRead(this, end, bytes, _time) { IsWhole = true };
        lock (_gate)
        {
            if (_waiting.Count > 0 || bytes > Math.Min(_freeBytes, _freeWholeBytes))
            {
                return null;
            }

            _underWay.AddLast(read.Place);
            _freeBytes -= bytes;
            _freeWholeBytes -= bytes;
        }

        return read;
    }

    /// <summary>Waits for a turn; <see cref="GiveTurn"/> ends it.</summary>
    public async ValueTask TakeTurnAsync(CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);

        // To the end of the queue: what has come meanwhile goes first.
        await Task.Yield();
    }

    public void GiveTurn() => _turns.Release();

    internal void Leave(LargeRead read)
    {
        lock (_gate)
        {
            if (read.Place.List == _underWay)
            {
                _freeBytes += read.Bytes;
                _freeWholeBytes += read.IsWhole ? read.Bytes : 0;
            }

            read.Place.List?.Remove(read.Place);
            AdmitWaiting();
        }
    }

    private void AdmitWaiting()
    {
        while (_waiting.First is { } first && first.Value.Bytes <= _freeBytes)
        {
            _waiting.Remove(first);
            _underWay.AddLast(first);
            _freeBytes -= first.Value.Bytes;
            first.Value.Admit();
        }
    }

    /// <summary>Ends the calls whose clients let others wait.</summary>
    private void MakeRoom()
    {
        List<LargeRead> stalled;
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                return;
            }

            stalled = [.. _underWay.Where(static read => read.Unread >= Stalled)];
        }

        foreach (var read in stalled)
        {
            read.End();
        }
    }
}
