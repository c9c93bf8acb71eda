using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EtcdSharp.CommandLine.Tests.Support;

/// <summary>A program that runs until it is told to end.</summary>
internal sealed partial class RunningProgram : IDisposable
{
    private const int InterruptSignal = 2;
    private const int TerminateSignal = 15;

    /// <summary>More than anybody types, and an end to a test of a program that does not end.</summary>
    private const int SignalsMax = 2000;

    /// <summary>Who is started in the background of a script ignores the interrupt, and so do its children: then they are terminated.</summary>
    private static readonly int s_interrupt = IgnoresInterrupts() ? TerminateSignal : InterruptSignal;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Process process;
    private readonly Task<string> error;

    private RunningProgram(Process process)
    {
        this.process = process;
        error = process.StandardError.ReadToEndAsync();
    }

    public static RunningProgram Start(string program, string line, EtcdEndpoint member) =>
        new(ProgramRun.Start(program, ["--endpoints", member.Address.Authority, .. CommandText.Split(line)], []));

    /// <summary>The next line that it prints; null when it prints no more.</summary>
    public Task<string?> NextLineAsync() => LineAsync(s_patience);

    public Task<string?> LineAsync(TimeSpan patience) => process.StandardOutput.ReadLineAsync().WaitAsync(patience);

    public bool HasEnded => process.HasExited;

    /// <summary>Interrupts it, as Control-C does, and waits; its exit code and what it said.</summary>
    public Task<(int ExitCode, string Error)> InterruptAsync() => EndAsync(s_interrupt);

    /// <summary>Interrupts it again and again until it has ended, whatever it is about at the time.</summary>
    public async Task<(int ExitCode, string Error)> InterruptUntilEndAsync(int pauseMs)
    {
        for (var signals = 0; signals < SignalsMax && !process.HasExited; signals++)
        {
            // One who has just ended is no longer there to be told.
            _ = Signal(process.Id, s_interrupt);
            if (pauseMs > 0)
            {
                await Task.Delay(pauseMs);
            }
        }

        await process.WaitForExitAsync().WaitAsync(s_patience);
        return (process.ExitCode, await error);
    }

    /// <summary>What a shell shows of one that the interrupt has ended, and not its own handler.</summary>
    public static int EndedByInterrupt => 128 + s_interrupt;

    public Task<(int ExitCode, string Error)> TerminateAsync() => EndAsync(TerminateSignal);

    /// <summary>All that it said on standard error, once it has ended by itself.</summary>
    public Task<string> ErrorAsync() => error.WaitAsync(s_patience);

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);

    private static bool IgnoresInterrupts()
    {
        var line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        var ignored = Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16);
        return (ignored & (1UL << (InterruptSignal - 1))) != 0;
    }

    private async Task<(int ExitCode, string Error)> EndAsync(int signal)
    {
        Assert.Equal(0, Signal(process.Id, signal));
        await process.WaitForExitAsync().WaitAsync(s_patience);
        return (process.ExitCode, await error);
    }
}
