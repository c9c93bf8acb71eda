namespace EtcdSharp.Programs.Etcdctl.Commands.Checking;

/// <summary>How the requests of a load went.</summary>
internal sealed class LoadReport
{
    private readonly Lock gate = new();
    private readonly List<double> seconds = [];
    private readonly SortedDictionary<string, int> failures = new(StringComparer.Ordinal);

    /// <summary>Failures by their message.</summary>
    public IReadOnlyDictionary<string, int> Failures => failures;

    public double Slowest => seconds.Count == 0 ? 0 : seconds.Max();

    public double PerSecond(TimeSpan total) => seconds.Count / total.TotalSeconds;

    /// <summary>The standard deviation of the durations.</summary>
    public double Deviation()
    {
        if (seconds.Count == 0)
        {
            return 0;
        }

        var mean = seconds.Average();
        return Math.Sqrt(seconds.Sum(one => (one - mean) * (one - mean)) / seconds.Count);
    }

    public void Succeeded(TimeSpan took)
    {
        lock (gate)
        {
            seconds.Add(took.TotalSeconds);
        }
    }

    public void Failed(string message)
    {
        lock (gate)
        {
            failures[message] = failures.GetValueOrDefault(message) + 1;
        }
    }

    /// <summary>The lines that tell of failures; none where there were none.</summary>
    public IEnumerable<string> FailureLines() =>
        failures.Count == 0
            ? []
            : failures.Select(static one => $"FAIL: ERROR({one.Key}) -> {one.Value}").Prepend("FAIL: too many errors");
}
