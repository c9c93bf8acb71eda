namespace EtcdSharp.Server.Configuration;

/// <summary>What a command line asks for.</summary>
internal enum ConfigurationRequest
{
    Start,
    PrintVersion,
    PrintHelp,
}
