namespace EtcdSharp.Server.Configuration;

/// <summary>Where a flag's value came from.</summary>
internal enum FlagSource
{
    Default,
    CommandLine,
    Environment,
    File,
}
