using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace EtcdSharp.CommandLine.Tests.Support;

/// <summary>Runs a program to its end.</summary>
internal static class ProgramRun
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static async Task<Outcome> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        string input = "",
        IEnumerable<(string Name, string Value)>? environment = null,
        string? folder = null
    )
    {
        var (outcome, ended) = await RunForAsync(s_patience, program, arguments, input, environment, folder);
        Assert.True(
            ended,
            $"{program} {string.Join(' ', arguments)} did not end within {s_patience}:\n{outcome.Output}\n{outcome.Error}"
        );
        return outcome;
    }

    /// <summary>Runs a program until it ends or its time is over; then it is killed.</summary>
    public static async Task<(Outcome Outcome, bool Ended)> RunForAsync(
        TimeSpan patience,
        string program,
        IReadOnlyList<string> arguments,
        string input = "",
        IEnumerable<(string Name, string Value)>? environment = null,
        string? folder = null
    )
    {
        using var process = Start(program, arguments, environment ?? [], folder);
        var output = ReadAsync(process.StandardOutput.BaseStream);
        var error = ReadAsync(process.StandardError.BaseStream);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without reading, which many cases are about.
            process.StandardInput.Dispose();
        }

        using var limit = new CancellationTokenSource(patience);
        var ended = true;
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            ended = false;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        return (new Outcome(process.ExitCode, await output, await error), ended);
    }

    /// <summary>Starts a program whose streams the caller serves.</summary>
    public static Process Start(
        string program,
        IReadOnlyList<string> arguments,
        IEnumerable<(string Name, string Value)> environment,
        string? folder = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new Win32Exception($"{program} did not start");
    }

    /// <summary>Bytes become characters one by one, so that what is no UTF-8 can be compared, too.</summary>
    private static async Task<string> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return Encoding.Latin1.GetString(all.ToArray());
    }
}
