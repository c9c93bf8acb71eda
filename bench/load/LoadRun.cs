using System.Diagnostics;
using EtcdSharp.Bench.Report;

namespace EtcdSharp.Bench;

/// <summary>One run: the workers' threads, the progress line and the result.</summary>
internal static class LoadRun
{
    public static LoadResult Execute(LoadOptions options)
    {
        var workers = Enumerable.Range(0, options.Threads).Select(index => new Worker(options, index)).ToArray();
        try
        {
            foreach (var worker in workers)
            {
                worker.Prepare();
            }
            return Measure(options, workers);
        }
        finally
        {
            foreach (var worker in workers)
            {
                worker.Dispose();
            }
        }
    }

    private static LoadResult Measure(LoadOptions options, Worker[] workers)
    {
        using var process = Process.GetCurrentProcess();
        var cpuBefore = process.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        var countFrom = start + (long)(options.Warmup.TotalSeconds * Stopwatch.Frequency);
        var end =
            options.Duration == TimeSpan.Zero
                ? long.MaxValue
                : countFrom + (long)(options.Duration.TotalSeconds * Stopwatch.Frequency);
        List<Exception> failures = [];
        var threads = workers
            .Select(worker => new Thread(() => Guarded(() => worker.Run(start, countFrom, end), failures)) { Name = "load" })
            .ToArray();
        Array.ForEach(threads, thread => thread.Start());
        ShowProgress(options, workers, threads);
        var elapsed = Stopwatch.GetElapsedTime(countFrom);
        if (end != long.MaxValue && elapsed > options.Duration)
        {
            elapsed = options.Duration;
        }
        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
        process.Refresh();
        var series = workers[0].Results;
        foreach (var other in workers.Skip(1))
        {
            for (var i = 0; i < series.Length; i++)
            {
                series[i].Merge(other.Results[i]);
            }
        }
        return new LoadResult(options, series, elapsed, process.TotalProcessorTime - cpuBefore);
    }

    private static void Guarded(Action run, List<Exception> failures)
    {
        try
        {
            run();
        }
        catch (Exception failure)
            when (failure is IOException or InvalidOperationException or InvalidDataException or TimeoutException)
        {
            lock (failures)
            {
                failures.Add(failure);
            }
        }
    }

    private static void ShowProgress(LoadOptions options, Worker[] workers, Thread[] threads)
    {
        var started = Stopwatch.GetTimestamp();
        long before = 0;
        while (!Array.TrueForAll(threads, thread => thread.Join(thread == threads[0] ? 1000 : 0)))
        {
            var done = workers.Sum(worker => worker.Results.Sum(result => result.Done));
            if (!options.Quiet)
            {
                var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                Console.Error.Write($"\r{options.Scenario}: {seconds, 5:F0} s {done, 12:N0} done {done - before, 10:N0}/s ");
            }
            before = done;
        }
        if (!options.Quiet)
        {
            Console.Error.WriteLine();
        }
    }
}
