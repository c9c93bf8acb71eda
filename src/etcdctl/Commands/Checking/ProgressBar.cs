using System.Diagnostics;
using System.Globalization;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Commands.Checking;

/// <summary>How far something is, in one line on standard error that is written over and over.</summary>
internal sealed class ProgressBar : IDisposable
{
    private const int BarWidth = 40;

    /// <summary>Five times a second: often enough to be seen moving.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private readonly Output error;
    private readonly long total;
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly Timer timer;
    private long done;
    private bool finished;

    public ProgressBar(Output error, long total)
    {
        this.error = error;
        this.total = total;
        timer = new Timer(_ => Draw(), null, s_interval, s_interval);
    }

    public void Add(long steps = 1) => Interlocked.Add(ref done, steps);

    /// <summary>All is done, whatever was counted.</summary>
    public void Fill() => Interlocked.Exchange(ref done, total);

    /// <summary>Draws it for the last time.</summary>
    public void Finish()
    {
        if (!finished)
        {
            finished = true;
            timer.Dispose();
            Draw();
            error.WriteLine();
        }
    }

    public void Dispose() => Finish();

    private void Draw()
    {
        var steps = Math.Min(Interlocked.Read(ref done), total);
        var elapsed = Stopwatch.GetElapsedTime(start);
        var filled = (int)(steps * BarWidth / total);
        var bar = new string('-', filled) + (steps < total ? ">" : "") + new string('_', Math.Max(0, BarWidth - filled - 1));
        var perSecond = steps / Math.Max(elapsed.TotalSeconds, 0.001);
        var rest = steps == 0 || steps == total ? "" : $" ETA {Seconds(elapsed.TotalSeconds * (total - steps) / steps)}";
        error.Write(
            string.Create(
                CultureInfo.InvariantCulture,
                $"\r{steps} / {total} [{bar}] {100.0 * steps / total:F2}% {perSecond:F0} p/s{rest} "
            )
        );
    }

    private static string Seconds(double seconds) => GoDuration.Of(TimeSpan.FromSeconds(Math.Ceiling(seconds)));
}
