using System.Runtime.InteropServices;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Linux;
using EtcdSharp.Programs.Etcd;
using EtcdSharp.Server;
using EtcdSharp.Server.Configuration;
using EtcdSharp.Server.Logging;
using Microsoft.Extensions.Logging;

InheritedSignals.HeedStop();
var reading = ConfigurationReader.Read(args, Environment.GetEnvironmentVariables());
if (reading.Request == ConfigurationRequest.PrintVersion)
{
    Console.Out.Write(ProductVersion.Text());
    return 0;
}

if (reading.Request == ConfigurationRequest.PrintHelp)
{
    Console.Out.Write(HelpText.Flags());
    return 0;
}

if (reading.Configuration is not { } configuration)
{
    Console.Error.WriteLine("etcd: " + reading.Error);
    if (reading.ExitCode == ExitCodes.BadCommandLine)
    {
        Console.Error.WriteLine("etcd --help lists the flags");
    }

    return reading.ExitCode;
}

using var logs = LogOutputs.Open(configuration, out var logProblem);
if (logs is null)
{
    Console.Error.WriteLine("etcd: " + logProblem);
    return ExitCodes.CannotStart;
}

var logger = logs.CreateLogger("EtcdSharp.Programs.Etcd.Program");
StartLog.Notices(logger, reading.Notices);
StartLog.Running(logger, ["etcd", .. args]);
return await Service.RunAsync(configuration, logs, logger);
