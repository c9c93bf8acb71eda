using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Commands.Concurrency;

/// <summary>A program that runs while a lock is held; it is told by variables which.</summary>
internal static class LockedProgram
{
    /// <exception cref="CommandFailure">It did not start, or ended with another code than 0, which is handed on.</exception>
    public static async Task RunAsync(IReadOnlyList<string> command, LockHold hold)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false, RedirectStandardInput = true };
        SetUnlessThere(start, "ETCD_LOCK_KEY", hold.Key.ToString());
        SetUnlessThere(start, "ETCD_LOCK_REV", hold.Revision.ToString(CultureInfo.InvariantCulture));
        using var process = Start(start);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new CommandFailure(process.ExitCode, $"exit status {process.ExitCode}");
        }
    }

    private static void SetUnlessThere(ProcessStartInfo start, string name, string value)
    {
        if (!start.Environment.ContainsKey(name))
        {
            start.Environment[name] = value;
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            var reason = start.FileName.Contains('/', StringComparison.Ordinal)
                ? $"fork/exec {start.FileName}: no such file or directory"
                : $"exec: {GoQuote.Of(start.FileName)}: executable file not found in $PATH";
            throw new CommandFailure(ExitCode.Error, reason, failure);
        }
    }
}
