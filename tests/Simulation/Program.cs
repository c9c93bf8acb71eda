using EtcdSharp.Simulation.Running;

namespace EtcdSharp.Simulation;

/// <summary>
/// The simulation as a program (<c>--hours N --seed S</c>, <c>--replay S</c>, <c>--defects</c>), and, with any other
/// arguments, the test runner.
/// </summary>
internal static class Program
{
    private static readonly string[] OwnOptions = ["--hours", "--seed", "--replay", "--defects", "--runs", "--minutes"];

    public static int Main(string[] args)
    {
        if (args.Any(argument => OwnOptions.Contains(argument, StringComparer.Ordinal)))
        {
            return LongRun.Main(args);
        }

        return args.Any(argument => argument is "--server" or "--internal-msbuild-node")
            ? Xunit
                .MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
                    args,
                    SelfRegisteredExtensions.AddSelfRegisteredExtensions
                )
                .GetAwaiter()
                .GetResult()
            : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult();
    }
}
