namespace EtcdSharp.CommandLine.Tests.General;

/// <summary>One flag of one command with one value.</summary>
internal sealed record FlagValueCase(string Name, IReadOnlyList<string> Arguments);
