using System.Diagnostics;

namespace EtcdSharp.CommandLine;

/// <summary>
/// What becomes of an exception that nothing has caught, on whatever thread: one line on standard error and an exit code,
/// in place of the runtime's trace and the signal of an abort. A stack overflow and an end of memory within the runtime
/// itself reach no handler: those two the runtime tells in its own words.
/// </summary>
public static class LastResort
{
    /// <summary>Stands in for the rest of the process.</summary>
    /// <param name="program">How the line begins.</param>
    /// <param name="streams">Those of the process.</param>
    public static void Guard(string program, ProgramStreams streams) =>
        AppDomain.CurrentDomain.UnhandledException += (_, last) => Environment.Exit(Tell(program, last.ExceptionObject, streams));

    /// <summary>An exception as one line of plain words.</summary>
    public static string Describe(object failure) =>
        failure is Exception exception
            ? $"unexpected {exception.GetType().Name}: {OneLine(exception.Message)}{Origin(exception)}"
            : $"unexpected {failure}";

    private static int Tell(string program, object failure, ProgramStreams streams)
    {
        if (failure is Exception exception && HostFailure.ExitCodeOf(exception) is not null)
        {
            return HostFailure.Tell(exception, streams);
        }

        try
        {
            streams.Out.Flush();
        }
        catch (IOException)
        {
            // What is wrong with the output is the smaller of both troubles.
        }

        streams.Error.WriteLine(
            $"{program}: {Describe(failure)}; this is a fault of {program}: please report it with the command"
        );
        return ExitCode.Error;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    /// <summary>The method that threw: the most that one line can say to who looks for the fault.</summary>
    private static string Origin(Exception exception)
    {
        var frame = new StackTrace(exception).GetFrame(0);
        var method = frame is null ? null : DiagnosticMethodInfo.Create(frame);
        return method is null ? "" : $" (in {method.DeclaringTypeName}.{method.Name})";
    }
}
