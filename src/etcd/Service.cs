using System.Runtime;
using System.Runtime.InteropServices;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Server;
using EtcdSharp.Server.Logging;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Programs.Etcd;

/// <summary>Runs a member until a signal or its own end.</summary>
internal static class Service
{
    public static async Task<int> RunAsync(MemberOptions options, LogOutputs logs, ILogger logger)
    {
        // Never disposed: a second signal may still be on its way to it when the member has stopped.
        var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, "interrupt"));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, "terminated"));

        options = options with { Logging = logs.Factory, Fatal = Abandon };
        StartLog.Starting(logger, options);

        // Nothing is served yet, so a collection may stop everything: building the index then takes about half as long.
        GCSettings.LatencyMode = GCLatencyMode.Batch;
        Member member;
        try
        {
            member = await Member.StartAsync(options, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Stopped;
        }
        catch (MemberRemovedException removed)
        {
            Console.Error.WriteLine("etcd: " + removed.Message);
            return ExitCodes.Stopped;
        }
        catch (Exception exception)
            when (exception is BootstrapException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            StartLog.Failed(logger, exception.Message);
            logs.Close();
            LastWords.Say("etcd: " + exception.Message);
            return ExitCodes.CannotStart;
        }

        GCSettings.LatencyMode = GCLatencyMode.Interactive;
        StartLog.ServingClients(logger, member.ClientUrls, [.. member.HttpUrls.Take(options.ListenClientHttpUrls.Count)]);
        ReadyNotification.Send(logger);
        await Task.WhenAny(member.Completion, Task.Delay(Timeout.Infinite, stop.Token));
        StartLog.Closing(
            logger,
            options.Name,
            options.DataDirectory,
            options.AdvertisePeerUrls,
            options.AdvertiseClientUrls ?? []
        );
        await member.StopAsync();
        StartLog.Closed(
            logger,
            options.Name,
            options.DataDirectory,
            options.AdvertisePeerUrls,
            options.AdvertiseClientUrls ?? []
        );
        return ExitCodes.Stopped;

        void Stop(PosixSignalContext context, string name)
        {
            context.Cancel = true;
            StartLog.Signal(logger, name);
            stop.Cancel();
        }

        // Nothing may be acknowledged any more: ends the process without the ways of an orderly stop, which would write on.
        void Abandon(string part, Exception failure)
        {
            StartLog.Abandoned(logger, part, failure.Message);
            logs.Close();
            LastWords.Say($"etcd: {part} failed: {failure.Message}");
            Environment.Exit(ExitCodes.CannotGoOn);
        }
    }
}
