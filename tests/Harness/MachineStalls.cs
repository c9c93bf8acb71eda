using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace EtcdSharp.Harness;

/// <summary>
/// What the machine itself takes from everybody on it: a thread that has almost nothing to do notes each time that it was
/// woken late, that syncing a few bytes took long, or that this process began late with what was queued: in it are the
/// clients, and the proxies that are the members' network. What members lose to that is not theirs to answer for, and
/// nothing else is: on a machine that is at nobody's disposal this is about zero.
/// </summary>
public sealed class MachineStalls : IDisposable
{
    private const int StepMs = 5;
    private static readonly TimeSpan s_noticed = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly List<(long From, long To)> _stalls = [];
    private readonly string _path = Path.GetTempFileName();
    private readonly Thread _thread;
    private volatile bool _stopping;
    private int _queued;

    public MachineStalls()
    {
        _thread = new Thread(Watch) { Name = "machine-stalls", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Of the time between two moments of <see cref="Stopwatch"/>.</summary>
    public TimeSpan Between(long from, long to)
    {
        lock (_gate)
        {
            var (lost, counted) = (0L, from);
            foreach (var stall in _stalls.OrderBy(stall => stall.From))
            {
                var begin = Math.Max(counted, stall.From);
                var end = Math.Min(to, stall.To);
                if (end > begin)
                {
                    lost += end - begin;
                    counted = end;
                }
            }

            return TimeSpan.FromSeconds(lost / (double)Stopwatch.Frequency);
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        File.Delete(_path);
    }

    private void Watch()
    {
        using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write);
        var step = TimeSpan.FromMilliseconds(StepMs);
        while (!_stopping)
        {
            var asleep = Stopwatch.GetTimestamp();
            Thread.Sleep(step);
            Note(asleep + (long)(step.TotalSeconds * Stopwatch.Frequency), Stopwatch.GetTimestamp());
            Sync(file);
            QueueOne();
        }
    }

    private void QueueOne()
    {
        if (Interlocked.Exchange(ref _queued, 1) == 0)
        {
            var begun = Stopwatch.GetTimestamp();
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    Note(begun, Stopwatch.GetTimestamp());
                    Volatile.Write(ref _queued, 0);
                },
                null
            );
        }
    }

    private void Sync(SafeFileHandle file)
    {
        var begun = Stopwatch.GetTimestamp();
        RandomAccess.Write(file, [1], 0);
        RandomAccess.FlushToDisk(file);
        Note(begun, Stopwatch.GetTimestamp());
    }

    private void Note(long from, long to)
    {
        if (Stopwatch.GetElapsedTime(from, to) >= s_noticed)
        {
            lock (_gate)
            {
                _stalls.Add((from, to));
            }
        }
    }
}
