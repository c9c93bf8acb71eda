using System.Buffers;
using EtcdSharp.Platform.Linux;

namespace EtcdSharp.Platform.Logging;

/// <summary>
/// One output of the log with the thread that writes to it. Who logs copies a line into a queue and goes on: an output that
/// is full, gone or read by nobody holds up no request, no apply and no stop. Lines stay in order; what does not fit into
/// the queue is dropped and counted, and told of as soon as the output takes lines again.
/// </summary>
/// <remarks>
/// <c>queued → being written → written</c>, or <c>dropped</c>. A line that could not be written waits with those behind it
/// and is tried again every <see cref="s_retryAfter"/>: of an outage the log has the beginning, the number of lines lost,
/// and what came after.
/// </remarks>
internal sealed class LogSink : IDisposable
{
    /// <summary>
    /// How many bytes wait at most. A line has some 250 bytes, so about 4,000 of them: a start prints some 100, and a
    /// member in trouble some 10 a second. Twice as much is held at worst, as one half is written while the other fills.
    /// </summary>
    internal const int QueueBytesMax = 1024 * 1024;

    private const int InitialQueueBytes = 4096;

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(1);

    private static long s_droppedTotal;

    private readonly Stream _output;
    private readonly Func<long, string, byte[]> _noticeOfDropped;
    private readonly Thread _writer;

    /// <summary>Guards the fields below; pulsed when lines come in, when they are written and when the end begins.</summary>
    private readonly object _gate = new();
    private ArrayBufferWriter<byte> _waiting = new(InitialQueueBytes);
    private ArrayBufferWriter<byte> _writing = new(InitialQueueBytes);
    private long _dropped;
    private string _reason = "";
    private bool _closing;
    private bool _ended;

    /// <param name="output">Where the lines go; disposed with the sink, unless a write to it does not come back.</param>
    /// <param name="noticeOfDropped">The line that says how many lines were dropped and why.</param>
    public LogSink(Stream output, Func<long, string, byte[]> noticeOfDropped)
    {
        _output = output;
        _noticeOfDropped = noticeOfDropped;
        _writer = new Thread(Run) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    /// <summary>Lines that this process has dropped since it began.</summary>
    public static long DroppedTotal => Interlocked.Read(ref s_droppedTotal);

    /// <summary>
    /// Takes a line, which ends with a line feed, or drops it. Never waits for the output. Once a line was dropped, so are
    /// all until the queue moves on: the notice of them stands where they are missing.
    /// </summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (_closing || _dropped > 0 || line.Length > QueueBytesMax - _waiting.WrittenCount)
            {
                Drop();
                return;
            }

            _waiting.Write(line);
            if (_waiting.WrittenCount == line.Length)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Takes no more lines, and waits until those it has are written, or cannot be, or the time is over.</summary>
    public void Close(TimeSpan patience)
    {
        var end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        lock (_gate)
        {
            _closing = true;
            Monitor.PulseAll(_gate);
            while (!_ended && end - Environment.TickCount64 is > 0 and var left)
            {
                Monitor.Wait(_gate, (int)left);
            }
        }
    }

    /// <summary>Lets go of the output, once <see cref="Close"/> has ended the writing; a write that hangs keeps it.</summary>
    public void Dispose()
    {
        Close(TimeSpan.Zero);
        lock (_gate)
        {
            if (_ended)
            {
                _output.Dispose();
            }
        }
    }

    private void Drop()
    {
        Interlocked.Increment(ref s_droppedTotal);
        if (!_closing && _dropped++ == 0)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private void Run()
    {
        while (NextBatch() is { } batch)
        {
            if (!WriteAll(batch.Lines.Span))
            {
                break;
            }

            // They were dropped because these lines filled the queue, so they belong behind them.
            if (batch.Dropped > 0 && !WriteAll(_noticeOfDropped(batch.Dropped, batch.Reason)))
            {
                break;
            }
        }

        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for lines; null at the end.</summary>
    private Batch? NextBatch()
    {
        lock (_gate)
        {
            while (_waiting.WrittenCount == 0 && _dropped == 0 && !_closing)
            {
                Monitor.Wait(_gate);
            }

            if (_waiting.WrittenCount == 0 && _dropped == 0)
            {
                return null;
            }

            (_waiting, _writing) = (_writing, _waiting);
            _waiting.ResetWrittenCount();
            var batch = new Batch(
                _writing.WrittenMemory,
                _dropped,
                _reason.Length == 0 ? "the output takes them too slowly" : _reason
            );
            _dropped = 0;
            _reason = "";
            return batch;
        }
    }

    /// <summary>Writes everything, however long that takes; false where the end came before that was possible.</summary>
    private bool WriteAll(ReadOnlySpan<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            try
            {
                lines = lines[WriteSome(lines)..];
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                if (!RestBeforeRetry(failure.Message))
                {
                    // How many lines these bytes hold tells nobody any more: the process ends.
                    return false;
                }
            }
        }

        return true;
    }

    private int WriteSome(ReadOnlySpan<byte> lines)
    {
        if (_output is DescriptorStream descriptor)
        {
            return descriptor.WriteSome(lines);
        }

        _output.Write(lines);
        _output.Flush();
        return lines.Length;
    }

    /// <summary>False where there is no time for another try.</summary>
    private bool RestBeforeRetry(string reason)
    {
        var until = Environment.TickCount64 + (long)s_retryAfter.TotalMilliseconds;
        lock (_gate)
        {
            _reason = reason;
            if (_closing)
            {
                return false;
            }

            while (!_closing && until - Environment.TickCount64 is > 0 and var left)
            {
                Monitor.Wait(_gate, (int)left);
            }

            return true;
        }
    }

    /// <param name="Lines">What to write.</param>
    /// <param name="Dropped">How many lines were dropped behind them.</param>
    /// <param name="Reason">Why.</param>
    private readonly record struct Batch(ReadOnlyMemory<byte> Lines, long Dropped, string Reason);
}
