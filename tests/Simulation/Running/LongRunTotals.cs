using System.Diagnostics;
using System.Globalization;
using System.Text;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Simulation.Running;

/// <summary>What a long run has seen: hours alone say little, so what happened in them stands beside, by workload.</summary>
internal sealed class LongRunTotals
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly List<RunResult>[] _results = [.. Enum.GetValues<Workload>().Select(_ => new List<RunResult>())];
    private double _simulatedSeconds;
    private long _operations;
    private long _faults;
    private int _violations;

    public long Runs { get; private set; }

    public long UnderWay { get; set; }

    public bool IsOver(in LongRunLimits limits) => _simulatedSeconds >= limits.SimulatedSeconds || _watch.Elapsed >= limits.Time;

    public void Add(RunResult result)
    {
        UnderWay--;
        Runs++;
        _simulatedSeconds += result.SimulatedNanoseconds / 1e9;
        _operations += result.AnsweredWrites + result.AnsweredReads;
        _faults += result.FaultsHappened;
        _violations += result.Guarantee is null ? 0 : 1;
        _results[(int)result.Options.Workload].Add(result with { Faults = [], Journal = [] });
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Runs} runs, {_simulatedSeconds / 3600:F2} simulated hours in {_watch.Elapsed.TotalSeconds:F0}s ({_simulatedSeconds / 3600 / _watch.Elapsed.TotalSeconds:F3} hours per second, {_simulatedSeconds / 3600 / Environment.CpuUsage.TotalTime.TotalSeconds:F3} per second of processor time), {_operations} answered calls, {_faults} faults, {_violations} violations"
        );

    public string Table()
    {
        var text = new StringBuilder();
        text.Append(
            "workload | runs | hours | calls answered | entries | elections | faults | snapshots installed | members added, promoted, removed | leases expired | watch events | messages (encoded)\n"
        );
        foreach (var workload in Enum.GetValues<Workload>())
        {
            var results = _results[(int)workload];
            text.Append(
                CultureInfo.InvariantCulture,
                $"{workload} | {results.Count} | {results.Sum(one => one.SimulatedNanoseconds / 1e9) / 3600:F1} | {results.Sum(one => (long)one.AnsweredWrites + one.AnsweredReads)} | {results.Sum(one => (long)one.CommittedEntries)} | {results.Sum(one => one.Elections)} | {results.Sum(one => one.FaultsHappened)} | {results.Sum(one => one.InstalledSnapshots)} | {results.Sum(one => one.LearnersAdded)}, {results.Sum(one => one.LearnersPromoted)}, {results.Sum(one => one.MembersRemoved)} | {results.Sum(one => one.ExpiredLeases)} | {results.Sum(one => (long)one.WatchEvents)} | {results.Sum(one => one.Messages)} ({results.Sum(one => one.MessagesEncoded)})\n"
            );
        }

        return text.Append(ToString()).ToString();
    }
}
