using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace EtcdSharp.Cluster;

/// <summary>
/// What the machine itself takes from everybody on it: a thread that has almost nothing to do notes each time that it was
/// woken late or that syncing a few bytes took long. What members lose to that is not theirs to answer for, and nothing
/// else is: on a machine that is at nobody's disposal this is about zero.
/// </summary>
internal sealed class MachineStalls : IDisposable
{
    private const int StepMs = 5;
    private static readonly TimeSpan s_noticed = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly List<(long From, long To)> _stalls = [];
    private readonly string _path = Path.GetTempFileName();
    private readonly Thread _thread;
    private volatile bool _stopping;

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
            return TimeSpan.FromSeconds(
                _stalls.Sum(stall => Math.Max(0, Math.Min(to, stall.To) - Math.Max(from, stall.From)))
                    / (double)Stopwatch.Frequency
            );
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
