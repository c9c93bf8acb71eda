namespace EtcdSharp.CommandLine;

/// <summary>One run of a command: its flags are parsed when it begins.</summary>
/// <param name="Command">The command that was found.</param>
/// <param name="Arguments">What is no flag, in order.</param>
/// <param name="Everything">All arguments of the program as they were given.</param>
/// <param name="Streams">Where it reads and prints.</param>
public sealed record CommandContext(
    Command Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Everything,
    ProgramStreams Streams
)
{
    public Output Out => Streams.Out;

    public Output Error => Streams.Error;
}
