using Microsoft.VisualStudio.TestPlatform.ObjectModel;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Client;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Logging;

namespace EtcdSharp.TestLogger;

/// <summary>
/// Prints each failure whole, and after a project's tests one line that says what was skipped and what would bring
/// it. The console's own logger prints two lines per skipped test, a thousand on a machine that has only the SDK.
/// </summary>
[FriendlyName("brief")]
[ExtensionUri("logger://etcdsharp/brief/v1")]
public sealed class BriefTestLogger : ITestLogger
{
    private readonly Dictionary<string, int> _skippedByReason = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Called once by the runner, before the first test.</summary>
    public void Initialize(TestLoggerEvents events, string testRunDirectory)
    {
        ArgumentNullException.ThrowIfNull(events);
        events.TestResult += (_, e) => Take(e.Result);
        events.TestRunMessage += (_, e) => Take(e.Level, e.Message);
        events.TestRunComplete += (_, _) => PrintSkipped();
    }

    private static void Take(TestMessageLevel level, string message)
    {
        if (level == TestMessageLevel.Error)
        {
            Console.WriteLine(message);
        }
    }

    private void Take(TestResult result)
    {
        switch (result.Outcome)
        {
            case TestOutcome.Failed:
                PrintFailure(result);
                break;
            case TestOutcome.Skipped:
                var reason = Reason(result);
                lock (_lock)
                {
                    _skippedByReason[reason] = _skippedByReason.GetValueOrDefault(reason) + 1;
                }

                break;
        }
    }

    private static string Reason(TestResult result)
    {
        var said =
            result.ErrorMessage
            ?? result.Messages.FirstOrDefault(static message => !string.IsNullOrWhiteSpace(message.Text))?.Text
            ?? "no reason is given";
        return said.ReplaceLineEndings(" ").Trim();
    }

    private static void PrintFailure(TestResult result)
    {
        Console.WriteLine(
            $"  Failed {result.TestCase.FullyQualifiedName} {result.DisplayName} [{result.Duration.TotalSeconds:0.000} s]"
        );
        Console.WriteLine(Printable(result.ErrorMessage));
        Console.WriteLine(result.ErrorStackTrace);
        foreach (var message in result.Messages)
        {
            Console.WriteLine(Printable(message.Text));
        }
    }

    /// <summary>A message may quote bytes of a wire; whoever reads the output takes it for text.</summary>
    private static string Printable(string? text) =>
        string.Concat(
            (text ?? "").Select(static letter => char.IsControl(letter) && letter is not ('\n' or '\t') ? '?' : letter)
        );

    private void PrintSkipped()
    {
        lock (_lock)
        {
            if (_skippedByReason.Count > 0)
            {
                var reasons = _skippedByReason
                    .OrderByDescending(static pair => pair.Value)
                    .Select(static pair => $"{pair.Value}: {pair.Key}");
                Console.WriteLine($"  Skipped {_skippedByReason.Values.Sum()} ({string.Join("; ", reasons)})");
            }
        }
    }
}
