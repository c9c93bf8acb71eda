using EtcdSharp.CommandLine;
using EtcdSharp.Platform.Linux;
using EtcdSharp.Programs.Etcd;
using EtcdSharp.Server.Configuration;
using EtcdSharp.Server.Logging;
using Microsoft.Extensions.Logging;

// First of all: a file that takes the number of a closed standard stream would be written into by messages.
var streams = ProgramStreams.OfProcess();
var unexpected = UnexpectedEnd.Guard();
InheritedSignals.HeedStop();
var reading = ConfigurationReader.Read(args, Environment.GetEnvironmentVariables());
if (reading.Request != ConfigurationRequest.Start)
{
    return Answer.Print(reading.Request, streams);
}

if (reading.Options is not { } options)
{
    LastWords.Say("etcd: " + reading.Error);
    if (reading.ExitCode == ExitCodes.BadCommandLine)
    {
        LastWords.Say("etcd --help lists the flags");
    }

    return reading.ExitCode;
}

using var logs = LogOutputs.Open(options, out var logProblem);
if (logs is null)
{
    LastWords.Say("etcd: " + logProblem);
    return ExitCodes.CannotStart;
}

var logger = logs.Factory.CreateLogger("EtcdSharp.Programs.Etcd.Program");
unexpected.LogTo(logger, logs);
StartLog.Notices(logger, reading.Notices);
StartLog.Running(logger, ["etcd", .. args]);
return await Service.RunAsync(options, logs, logger);
