namespace EtcdSharp.Harness;

/// <summary>How to start a server.</summary>
/// <param name="Arguments">Flags beside those for names, addresses and the data directory.</param>
/// <param name="Environment">Variables for the process.</param>
/// <param name="DataDirectory">Where its files are; a new folder that goes with the server where null.</param>
/// <param name="ClientPort">A fixed port for clients, so that they find a restarted server again; any free one where 0.</param>
/// <param name="WorkingDirectory">Where its relative paths begin; that of the caller where null.</param>
/// <param name="Program">The program file, where it is not the usual one of the kind.</param>
public sealed record ServerOptions(
    IReadOnlyList<string>? Arguments = null,
    IReadOnlyDictionary<string, string>? Environment = null,
    string? DataDirectory = null,
    int ClientPort = 0,
    string? Program = null,
    string? WorkingDirectory = null
);
