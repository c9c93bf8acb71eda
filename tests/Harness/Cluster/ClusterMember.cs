using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using EtcdSharp.Api;

namespace EtcdSharp.Harness;

/// <summary>One member of a cluster: its addresses and files, which last, and its process, which comes and goes.</summary>
public sealed partial class ClusterMember : IAsyncDisposable
{
    private const int TerminateSignal = 15;
    private const int StopSignal = 19;
    private const int ContinueSignal = 18;

    private readonly StringBuilder _output = new();
    private volatile Process? _process;
    private volatile bool _isRunning;

    internal ClusterMember(string name, ServerKind kind, string dataDirectory, string listenPeerUrl, string peerUrl)
    {
        Name = name;
        Kind = kind;
        DataDirectory = dataDirectory;
        ClientUrl = $"http://127.0.0.1:{FreePort.Lasting()}";
        ListenPeerUrl = listenPeerUrl;
        PeerUrl = peerUrl;
        Endpoint = new EtcdEndpoint(new Uri(ClientUrl));
    }

    public string Name { get; }

    /// <summary>Which program the next start takes.</summary>
    public ServerKind Kind { get; set; }

    /// <summary>The program file for the next start, where it is not the usual one of the kind.</summary>
    public string? Program { get; set; }

    public string DataDirectory { get; set; }

    public string ClientUrl { get; }

    public string ListenPeerUrl { get; }

    /// <summary>Where the others reach it: the proxy in front of it, if there is one.</summary>
    public string PeerUrl { get; }

    public EtcdEndpoint Endpoint { get; }

    /// <summary>Variables for the process.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>Flags of this member alone.</summary>
    public List<string> Arguments { get; } = [];

    public bool IsPaused { get; private set; }

    /// <summary>Any thread.</summary>
    public bool IsRunning => _isRunning;

    public int? ProcessId => IsRunning ? _process!.Id : null;

    /// <summary>Called with the id of a process of this member that has ended. Any thread.</summary>
    internal Action<int>? Ended { get; set; }

    /// <summary>What the process printed so far, both streams, over all its starts.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Ends the process as kill -9 does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        Ended?.Invoke(_process.Id);
        _isRunning = false;
        IsPaused = false;
    }

    /// <summary>Asks the process to end and waits; its exit code.</summary>
    public async Task<int> StopAsync()
    {
        Send(TerminateSignal);
        await WaitForExitAsync(TimeSpan.FromSeconds(30));
        _isRunning = false;
        return _process!.ExitCode;
    }

    /// <summary>The exit code of the process that has ended.</summary>
    public int ExitCode => _process!.ExitCode;

    public async Task WaitForExitAsync(TimeSpan within)
    {
        await _process!.WaitForExitAsync().WaitAsync(within);
        _isRunning = false;
    }

    /// <summary>Whether the process has ended by then; what makes it end is under way already.</summary>
    public async Task<bool> EndsAsync(TimeSpan within)
    {
        try
        {
            await WaitForExitAsync(within);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>SIGSTOP: the process stands still and its connections stay.</summary>
    public void Pause()
    {
        Send(StopSignal);
        IsPaused = true;
    }

    public void Resume()
    {
        Send(ContinueSignal);
        IsPaused = false;
    }

    public async Task<StatusResponse> StatusAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        return await Endpoint.Call<StatusResponse>("/etcdserverpb.Maintenance/Status", new StatusRequest(), limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            await KillAsync();
        }

        _process?.Dispose();
        Endpoint.Dispose();
    }

    /// <summary>CPU time of the present process, user and system, all threads.</summary>
    public TimeSpan CpuTime() => ProcessCpu.TimeOf(_process!.Id);

    internal void Launch(string initialCluster, bool isNew, string token, ClusterOptions options)
    {
        var program = Program ?? (Kind == ServerKind.Real ? Programs.RealEtcd : Programs.OurEtcd);
        var start = new ProcessStartInfo(program ?? throw new FileNotFoundException(Programs.HowToGetRealEtcd))
        {
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(DataDirectory),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "--name",
            Name,
            "--data-dir",
            DataDirectory,
            "--listen-client-urls",
            ClientUrl,
            "--advertise-client-urls",
            ClientUrl,
            "--listen-peer-urls",
            ListenPeerUrl,
            "--initial-advertise-peer-urls",
            PeerUrl,
            "--initial-cluster",
            initialCluster,
            "--initial-cluster-state",
            isNew ? "new" : "existing",
            "--initial-cluster-token",
            token,
            "--heartbeat-interval",
            options.HeartbeatMs.ToString(CultureInfo.InvariantCulture),
            "--election-timeout",
            options.ElectionMs.ToString(CultureInfo.InvariantCulture),
            .. options.Arguments ?? [],
            .. Kind == ServerKind.Ours && options.EmulatedVersion is { } version
                ? ["--emulated-version", version]
                : Array.Empty<string>(),
            .. Arguments,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        lock (_output)
        {
            _output.AppendLine(
                CultureInfo.InvariantCulture,
                $"==== {Name} starts {DateTime.UtcNow:HH:mm:ss.fff} {program} {string.Join(' ', arguments)}"
            );
        }

        var process = Process.Start(start) ?? throw new Win32Exception($"{program} did not start");
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.EnableRaisingEvents = true;
        var processId = process.Id;
        process.Exited += (_, _) =>
        {
            _isRunning = _isRunning && _process != process;
            Ended?.Invoke(processId);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process?.Dispose();
        _process = process;
        _isRunning = !process.HasExited;
    }

    private void Send(int signal)
    {
        if (Signal(_process!.Id, signal) != 0 && !_process.HasExited)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            lock (_output)
            {
                _output.AppendLine(line.Data);
            }
        }
    }
}
