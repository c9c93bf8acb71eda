using System.Globalization;
using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Checking;

/// <summary>Writes many keys and tells how much memory they cost the server.</summary>
internal static class CheckDatascaleCommand
{
    private const int KeyBytes = 512;
    private const int ValueBytes = 512;
    private const double MegabyteBytes = 1024 * 1024;

    /// <summary>Keys and connections, from small to extra large.</summary>
    private static readonly (int Keys, int Clients)[] s_loads =
    [
        (10_000, 50),
        (100_000, 200),
        (1_000_000, 500),
        (3_000_000, 1000),
    ];

    public static Command Create(GlobalFlags global)
    {
        var command = new Command(
            "datascale [options]",
            "Check the memory usage of holding data for different workloads on a given server endpoint."
        )
        {
            Description =
                "If no endpoint is provided, localhost will be used. If multiple endpoints are provided, first endpoint will be used.",
        };
        var options = new CheckOptions(
            command.Flags,
            "The datascale check's workload model. Accepted workloads: s(small), m(medium), l(large), xl(xLarge)",
            "/etcdctl-check-datascale/",
            "The prefix for writing the datascale check's keys."
        );
        command.Run = async context =>
        {
            var load = s_loads[options.Load()];
            var passed = false;
            await Session.RunAsync(
                global,
                context,
                async session => passed = await CheckAsync(session, options, load.Keys, load.Clients)
            );
            return passed ? ExitCode.Success : ExitCode.Error;
        };
        return command;
    }

    private static async Task<bool> CheckAsync(Session session, CheckOptions options, int keys, int clients)
    {
        var output = session.Context.Out;
        await options.RequireNoKeysAsync(session, "etcdctl del --prefix PREFIX");
        if (await ServerMemory.ReadAsync(session, output) is not { } before)
        {
            output.WriteLine("FAIL: Could not read process_resident_memory_bytes before the put operations.");
            return false;
        }

        output.WriteLine(
            $"Start data scale check for work load [{keys} key-value pairs, {KeyBytes + ValueBytes} bytes per key-value, {clients} concurrent clients]."
        );
        output.Flush();
        LoadReport report;
        using (var bar = new ProgressBar(session.Context.Error, keys))
        {
            var writes = new WriteLoad(session, options.Prefix, clients, KeyBytes, ValueBytes);
            report = await writes.RunAsync(Enumerable.Range(0, keys).ToAsyncEnumerable(), () => bar.Add());
        }

        var after = await ServerMemory.ReadAsync(session, output);
        await options.CleanUpAsync(session);
        if (after is null)
        {
            output.WriteLine("FAIL: Could not read process_resident_memory_bytes after the put operations.");
            return false;
        }

        foreach (var line in report.FailureLines())
        {
            output.WriteLine(line);
        }

        if (report.Failures.Count > 0)
        {
            return false;
        }

        var used = ((after.Value - before) / MegabyteBytes).ToString("F2", CultureInfo.InvariantCulture);
        output.WriteLine($"PASS: Approximate system memory used : {used} MB.");
        return true;
    }
}
