using System.Globalization;

namespace EtcdSharp.Harness;

/// <summary>What a process has used of the processors.</summary>
internal static class ProcessCpu
{
    /// <summary>The unit of the times in /proc: USER_HZ is 100 on every Linux that .NET runs on.</summary>
    private const int TicksPerSecond = 100;

    /// <summary>User and system time of all threads so far.</summary>
    public static TimeSpan TimeOf(int processId)
    {
        var fields = File.ReadAllText($"/proc/{processId}/stat");

        // The second field is the program's name in brackets and may hold blanks: count from its end.
        var rest = fields[(fields.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(rest[11], CultureInfo.InvariantCulture) + long.Parse(rest[12], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds(ticks / (double)TicksPerSecond);
    }
}
