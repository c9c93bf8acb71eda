using System.ComponentModel;
using System.Diagnostics;

namespace EtcdSharp.Interop.Ctl;

/// <summary>The real etcdctl, pointed at a server.</summary>
internal sealed class Etcdctl(EtcdServer server)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Skips the test where the programs are not there.</summary>
    public static void SkipUnlessThere(ServerKind kind)
    {
        Assert.SkipWhen(
            Programs.RealEtcdctl is null,
            "real etcdctl is not here: run scripts/fetch-real-etcd or set ETCDSHARP_REAL_ETCDCTL"
        );
        Assert.SkipWhen(kind == ServerKind.Real && Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
    }

    /// <summary>The output of a command that must succeed.</summary>
    public Task<string> Run(params string[] arguments) => RunWithInput("", arguments);

    public async Task<string> RunWithInput(string input, params string[] arguments)
    {
        var (code, output, errors) = await Finish(input, arguments);
        Assert.True(code == 0, $"etcdctl {string.Join(' ', arguments)} ended with {code}:\n{output}\n{errors}");
        return output;
    }

    /// <summary>The last line of what a command prints when it fails.</summary>
    public async Task<string> Fail(params string[] arguments)
    {
        var (code, output, errors) = await Finish("", arguments);
        Assert.True(code != 0, $"etcdctl {string.Join(' ', arguments)} succeeded:\n{output}");
        return errors.TrimEnd().Split('\n')[^1];
    }

    /// <summary>Starts a command that runs until it is ended.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.RealEtcdctl!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["--endpoints", server.Address.Authority, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }
        return Process.Start(start) ?? throw new Win32Exception("etcdctl did not start");
    }

    private async Task<(int Code, string Output, string Errors)> Finish(string input, string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill();
            Assert.Fail($"etcdctl {string.Join(' ', arguments)} did not end within {Patience}: {await output} {await errors}");
        }
        return (process.ExitCode, await output, await errors);
    }
}
