namespace EtcdSharp.CommandLine.Tests.Support;

/// <summary>
/// A call with an option that is wrong: 3.5 shows the usage in another layout and on standard output, so the message and
/// the exit code are what is compared.
/// </summary>
internal static class FlagProblem
{
    public static async Task SameAsync(SideBySide side, string line)
    {
        var expected = await side.RawAsync(line, ours: false);
        var actual = await side.RawAsync(line, ours: true);
        Assert.Equal((expected.ExitCode, MessageOf(expected)), (actual.ExitCode, MessageOf(actual)));
    }

    private static string MessageOf(Outcome outcome) =>
        outcome.Error.Split('\n').First(static line => line.StartsWith("Error: ", StringComparison.Ordinal));
}
