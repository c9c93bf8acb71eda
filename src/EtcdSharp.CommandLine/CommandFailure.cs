namespace EtcdSharp.CommandLine;

/// <summary>Ends a command: its message goes to standard error behind <c>Error: </c>, and the program ends with the code.</summary>
public sealed class CommandFailure : Exception
{
    public CommandFailure(int exitCode, string message)
        : base(message) => ExitCode = exitCode;

    public CommandFailure(int exitCode, string message, Exception inner)
        : base(message, inner) => ExitCode = exitCode;

    /// <summary>One of <see cref="CommandLine.ExitCode"/>.</summary>
    public int ExitCode { get; }
}
