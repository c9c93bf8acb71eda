using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EtcdSharp.Client.Tests.Support;

/// <summary>A running etcdctl of the reference.</summary>
internal sealed partial class Etcdctl : IAsyncDisposable
{
    private const int InterruptSignal = 2;

    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();

    private Etcdctl(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
            {
                lines.Enqueue(text);
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public IReadOnlyCollection<string> Lines => lines;

    public static Etcdctl Start(EtcdServer server, params string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.RealEtcdctl!)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["ETCDCTL_API"] = "3";
        foreach (var argument in (string[])["--endpoints", Servers.Of(server), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return new Etcdctl(Process.Start(start) ?? throw new Win32Exception("etcdctl did not start"));
    }

    public async Task<string> LineAsync()
    {
        string? line = null;
        await Eventually.TrueAsync(() => Task.FromResult(lines.TryDequeue(out line)));
        return line!;
    }

    public async Task InterruptAsync()
    {
        Assert.Equal(0, Signal(process.Id, InterruptSignal));
        await process.WaitForExitAsync().WaitAsync(Eventually.Limit);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}
