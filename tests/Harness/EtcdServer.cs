using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using EtcdSharp.Api;
using Google.Protobuf;

namespace EtcdSharp.Harness;

/// <summary>One server process with one member, on loopback ports of its own.</summary>
public sealed partial class EtcdServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process? _process;
    private readonly StringBuilder _output = new();
    private readonly string? _scratch;

    private EtcdServer(ServerKind kind, Uri address, Uri? peerAddress, Process? process, string? scratch, string dataDirectory)
    {
        Kind = kind;
        Address = address;
        PeerAddress = peerAddress;
        Endpoint = new EtcdEndpoint(address);
        DataDirectory = dataDirectory;
        _process = process;
        _scratch = scratch;
    }

    public ServerKind Kind { get; }

    public Uri Address { get; }

    /// <summary>Where it listens to other members; null where somebody else started it.</summary>
    public Uri? PeerAddress { get; }

    /// <summary>A client that lives as long as this object.</summary>
    public EtcdEndpoint Endpoint { get; }

    public string DataDirectory { get; }

    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("the server was started by somebody else");

    /// <summary>Whether the process has ended, by whatever.</summary>
    public bool HasExited => _process is { HasExited: true };

    /// <summary>What the process printed so far, both streams, newest last.</summary>
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

    public static EtcdServer Given(Uri address) => new(ServerKind.Given, address, null, null, null, "");

    /// <summary>Starts a server and returns when it has answered a linearizable read.</summary>
    public static async Task<EtcdServer> StartAsync(ServerKind kind, ServerOptions? options = null)
    {
        var server = Launch(kind, options ?? new ServerOptions());
        try
        {
            await server.WaitUntilServingAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the process without waiting for it to serve.</summary>
    public static EtcdServer Launch(ServerKind kind, ServerOptions options)
    {
        var program = options.Program ?? (kind == ServerKind.Real ? Programs.RealEtcd : Programs.OurEtcd);
        if (program is null)
        {
            throw new FileNotFoundException(Programs.HowToGetRealEtcd);
        }
        var scratch = options.DataDirectory is null ? Directory.CreateTempSubdirectory("etcdsharp-test-").FullName : null;
        var data = options.DataDirectory ?? Path.Combine(scratch!, "data");
        var client = new Uri($"http://127.0.0.1:{(options.ClientPort == 0 ? FreePort.Next() : options.ClientPort)}");
        var peer = $"http://127.0.0.1:{FreePort.Next()}";
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            WorkingDirectory = options.WorkingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var url = client.GetLeftPart(UriPartial.Authority);
        string[] arguments =
        [
            "--name",
            "default",
            "--data-dir",
            data,
            "--listen-client-urls",
            url,
            "--advertise-client-urls",
            url,
            "--listen-peer-urls",
            peer,
            "--initial-advertise-peer-urls",
            peer,
            "--initial-cluster",
            $"default={peer}",
            .. options.Arguments ?? ["--log-level", "warn"],
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        foreach (var (name, value) in options.Environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }
        var process = Process.Start(start) ?? throw new Win32Exception($"{program} did not start");
        var server = new EtcdServer(kind, client, new Uri(peer), process, scratch, data);
        process.OutputDataReceived += server.Keep;
        process.ErrorDataReceived += server.Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Asks again until a linearizable read is answered.</summary>
    public async Task WaitUntilServingAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var request = new RangeRequest { Key = ByteString.CopyFromUtf8("\u0001"), CountOnly = true };
        while (true)
        {
            if (_process is { HasExited: true })
            {
                throw new InvalidOperationException($"{Kind} ended with code {_process.ExitCode}:\n{Output}");
            }
            try
            {
                await Endpoint.Range(request);
                return;
            }
            catch (GrpcFailure failure) when (failure.Detail == "etcdserver: user name is empty")
            {
                // Authentication is on, and who asks is asked for once the read is confirmed.
                return;
            }
            catch (Exception failure) when (failure is HttpRequestException or GrpcFailure or TimeoutException or IOException)
            {
                if (Stopwatch.GetElapsedTime(started) > StartLimit)
                {
                    throw new TimeoutException($"{Kind} did not serve within {StartLimit}:\n{Output}", failure);
                }
                await Task.Delay(5);
            }
        }
    }

    /// <summary>Waits until the process has printed this.</summary>
    public async Task WaitForOutputAsync(string text)
    {
        var started = Stopwatch.GetTimestamp();
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (Stopwatch.GetElapsedTime(started) > StartLimit)
            {
                throw new TimeoutException($"{Kind} did not print '{text}' within {StartLimit}:\n{Output}");
            }
            await Task.Delay(5);
        }
    }

    /// <summary>Ends the process at once, as kill -9 does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks the process to end and waits; its exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (Signal(_process!.Id, TerminateSignal) != 0 && !_process.HasExited)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
        await _process.WaitForExitAsync().WaitAsync(StartLimit);
        return _process.ExitCode;
    }

    /// <summary>CPU time of the process so far, user and system, all threads.</summary>
    public TimeSpan CpuTime() => ProcessCpu.TimeOf(ProcessId);

    /// <summary>Memory that the process holds, in bytes: resident, and the part of it that is not a mapped file.</summary>
    public (long Resident, long Anonymous) Memory()
    {
        var lines = File.ReadAllLines($"/proc/{ProcessId}/status");
        return (Kilobytes("VmRSS:") * 1024, Kilobytes("RssAnon:") * 1024);

        long Kilobytes(string name)
        {
            var line = Array.Find(lines, candidate => candidate.StartsWith(name, StringComparison.Ordinal))!;
            return long.Parse(
                line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(),
                CultureInfo.InvariantCulture
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        Endpoint.Dispose();
        if (_process is not null)
        {
            if (!_process.HasExited)
            {
                await KillAsync();
            }
            _process.Dispose();
        }
        if (Environment.GetEnvironmentVariable("ETCDSHARP_SERVER_OUTPUT") is { Length: > 0 } file)
        {
            await File.AppendAllTextAsync(file, $"==== {Kind} {Address}\n{Output}");
        }
        if (_scratch is not null)
        {
            Directory.Delete(_scratch, recursive: true);
        }
    }

    private const int TerminateSignal = 15;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
