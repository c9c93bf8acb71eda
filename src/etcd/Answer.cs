using EtcdSharp.Api;
using EtcdSharp.CommandLine;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Programs.Etcd;

/// <summary>What is printed in place of a start.</summary>
internal static class Answer
{
    public static int Print(ConfigurationRequest request, ProgramStreams streams)
    {
        try
        {
            streams.Out.Write(
                request == ConfigurationRequest.PrintVersion ? ProductVersion.Text() : HelpText.Flags(FlagTable.Flags)
            );
            streams.Out.Flush();
            return ExitCodes.Stopped;
        }
        catch (IOException failure)
        {
            return HostFailure.Tell(failure, streams);
        }
    }
}
