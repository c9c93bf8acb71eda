using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EtcdSharp.Interop.Operation;

/// <summary>Our etcd as a process that is expected to end, or to be told to.</summary>
internal sealed partial class ProgramRun : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Task<string> _output;

    public ProgramRun(params string[] arguments)
        : this(Programs.OurEtcd, arguments) { }

    private ProgramRun(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _output = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>As a script starts it in the background: with both signals ignored that ask it to end.</summary>
    public static ProgramRun WithSignalsIgnored(params string[] arguments) =>
        new("/bin/sh", ["-c", """trap "" INT TERM; exec "$@" """, "sh", Programs.OurEtcd, .. arguments]);

    /// <summary>With what a shell makes of its streams: <c>2>/dev/full</c>, or commands before the word <c>exec</c>.</summary>
    public static ProgramRun Redirected(string script, params string[] arguments) =>
        new("/bin/sh", ["-c", script, "sh", Programs.OurEtcd, .. arguments]);

    public int Id => _process.Id;

    /// <summary>The flags of a member on a directory and a port.</summary>
    public static string[] Flags(string directory, int port)
    {
        var client = $"http://127.0.0.1:{port}";
        var peer = $"http://127.0.0.1:{FreePort.Next()}";
        return
        [
            $"--data-dir={directory}",
            $"--listen-client-urls={client}",
            $"--advertise-client-urls={client}",
            $"--listen-peer-urls={peer}",
            $"--initial-advertise-peer-urls={peer}",
            $"--initial-cluster=default={peer}",
        ];
    }

    public void Signal(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

    /// <summary>The exit code and the lines of standard error.</summary>
    public async Task<(int Code, string[] Lines)> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(s_limit);
        return (_process.ExitCode, (await _output).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
