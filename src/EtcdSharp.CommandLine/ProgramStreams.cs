using EtcdSharp.Platform;

namespace EtcdSharp.CommandLine;

/// <summary>Where a command reads and prints.</summary>
public sealed class ProgramStreams(Stream input, Output output, Output error)
{
    /// <summary>Those of the process.</summary>
    public static ProgramStreams OfProcess() =>
        new(StandardStreams.Input, new Output(StandardStreams.Output), new Output(StandardStreams.Error) { IsDiagnostic = true });

    public Stream Input { get; } = input;

    public Output Out { get; } = output;

    public Output Error { get; } = error;

    /// <summary>Hands on what is buffered.</summary>
    public void Flush()
    {
        Out.Flush();
        Error.Flush();
    }
}
