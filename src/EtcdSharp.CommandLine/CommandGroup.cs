namespace EtcdSharp.CommandLine;

/// <summary>A heading in the help of a command, with the subcommands that name it.</summary>
public sealed record CommandGroup(string Id, string Title);
