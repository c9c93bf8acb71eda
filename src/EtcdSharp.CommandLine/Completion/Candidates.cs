namespace EtcdSharp.CommandLine.Completion;

/// <summary>What may stand at a place of the command line.</summary>
/// <param name="Lines">Each a word, and behind a tab what it means.</param>
/// <param name="Directive">What else the shell may offer.</param>
/// <param name="Problem">Why nothing is known, for who asks by hand; null where all is well.</param>
internal sealed record Candidates(IReadOnlyList<string> Lines, CompletionDirective Directive, string? Problem = null);
