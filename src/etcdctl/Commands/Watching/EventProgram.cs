using System.ComponentModel;
using System.Diagnostics;
using EtcdSharp.Api;
using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Programs.Etcdctl.Printing;

namespace EtcdSharp.Programs.Etcdctl.Commands.Watching;

/// <summary>Runs the user's program with an event in its environment.</summary>
internal static class EventProgram
{
    /// <exception cref="CommandFailure">It could not be started, or it failed; then the watch is over.</exception>
    public static async Task RunAsync(IReadOnlyList<string> program, ResponseHeader header, WatchEvent one, Output error)
    {
        var start = new ProcessStartInfo(program[0], program.Skip(1)) { UseShellExecute = false, RedirectStandardInput = true };
        start.Environment["ETCD_WATCH_REVISION"] = $"{header.Revision}";
        start.Environment["ETCD_WATCH_EVENT_TYPE"] = GoQuote.Of(ApiNames.Of(one.Message.Type));
        start.Environment["ETCD_WATCH_KEY"] = GoQuote.Of(one.Message.Kv.Key.Span);
        start.Environment["ETCD_WATCH_VALUE"] = GoQuote.Of(one.Message.Kv.Value.Span);
        if (await EndAsync(start) is { } problem)
        {
            var command = string.Join(' ', program.Select(GoQuote.Of));
            error.WriteLine($"command [{command}] error ({problem})");
            throw new CommandFailure(ExitCode.Error, "");
        }
    }

    private static async Task<string?> EndAsync(ProcessStartInfo start)
    {
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? null : $"exit status {process.ExitCode}";
        }
        catch (Win32Exception failure)
        {
            return start.FileName.Contains('/', StringComparison.Ordinal)
                ? $"fork/exec {start.FileName}: {failure.Message}"
                : $"exec: {GoQuote.Of(start.FileName)}: executable file not found in $PATH";
        }
    }
}
