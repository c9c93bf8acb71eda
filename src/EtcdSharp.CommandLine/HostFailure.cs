using EtcdSharp.Platform.Linux;

namespace EtcdSharp.CommandLine;

/// <summary>What the host refuses a program: a stream or a file that cannot be read or written.</summary>
internal static class HostFailure
{
    /// <summary>What the program ends with; null for failures of another kind.</summary>
    public static int? ExitCodeOf(Exception failure) =>
        failure switch
        {
            IOException { HResult: ErrorNumber.BrokenPipe } => ExitCode.ReaderGone,
            IOException or UnauthorizedAccessException => ExitCode.Io,
            _ => null,
        };

    /// <summary>Says it in one line; nothing where a reader has gone, who had enough.</summary>
    /// <returns>The exit code.</returns>
    public static int Tell(Exception failure, ProgramStreams streams)
    {
        var exitCode = ExitCodeOf(failure) ?? ExitCode.Error;
        if (exitCode != ExitCode.ReaderGone)
        {
            streams.Error.WriteLine($"Error: {failure.Message}");
        }

        return exitCode;
    }
}
