using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Platform.Linux;
using EtcdSharp.Platform.Logging;

namespace EtcdSharp.Edge.Metrics;

/// <summary>What the operating system says of this process, read at each scrape.</summary>
internal static class ProcessMetrics
{
    public static void Record(IReadOnlyDictionary<string, MetricFamily> families)
    {
        using var process = Process.GetCurrentProcess();
        Set(families, "process_cpu_seconds_total", process.TotalProcessorTime.TotalSeconds);
        Set(families, "process_resident_memory_bytes", process.WorkingSet64);
        Set(families, "process_virtual_memory_bytes", process.VirtualMemorySize64);
        Set(families, "process_virtual_memory_max_bytes", ulong.MaxValue);
        Set(
            families,
            "process_start_time_seconds",
            new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0
        );
        Set(families, "etcdsharp_log_lines_dropped_total", LogSink.DroppedTotal);
        if (OperatingSystem.IsLinux())
        {
            RecordLinux(families);
        }
    }

    private static void RecordLinux(IReadOnlyDictionary<string, MetricFamily> families)
    {
        var open = FileDescriptors.CountOpen();
        Set(families, "process_open_fds", open);
        Set(families, "os_fd_used", open);
        double limit = FileDescriptors.ReadLimit() is { } known ? known : ulong.MaxValue;
        Set(families, "process_max_fds", limit);
        Set(families, "os_fd_limit", limit);

        long received = 0;
        long sent = 0;
        foreach (var line in File.ReadLines("/proc/self/net/dev").Skip(2))
        {
            // The columns after the interface's name: eight for what was received, then what was sent; bytes come first in both.
            var columns = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
            received += long.Parse(columns[0], CultureInfo.InvariantCulture);
            sent += long.Parse(columns[8], CultureInfo.InvariantCulture);
        }

        Set(families, "process_network_receive_bytes_total", received);
        Set(families, "process_network_transmit_bytes_total", sent);
    }

    private static void Set(IReadOnlyDictionary<string, MetricFamily> families, string name, double value) =>
        families[name].For([]).Set(value);
}
