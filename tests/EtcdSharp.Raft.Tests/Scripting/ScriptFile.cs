using System.Text;

namespace EtcdSharp.Raft.Tests.Scripting;

/// <summary>
/// A data-driven script: commands, each followed by <c>----</c> and the output expected up to an empty line (or, after a
/// second <c>----</c>, up to such a pair).
/// </summary>
internal static class ScriptFile
{
    private const string Separator = "----";

    /// <summary>Environment variable: a folder whose scripts get the actual output written as the expected one.</summary>
    private const string RewriteVariable = "ETCDSHARP_REWRITE_SCRIPTS";

    /// <summary>Runs every command and fails at the first whose output differs; returns how many ran.</summary>
    public static int Run(string path, Func<Directive, string> handle)
    {
        var lines = File.ReadAllLines(path);
        var rewritten = new StringBuilder();
        var rewrites =
            Environment.GetEnvironmentVariable(RewriteVariable) is { Length: > 0 } folder
            && path.StartsWith(folder, StringComparison.Ordinal);
        var position = 0;
        var count = 0;
        while (position < lines.Length)
        {
            var line = lines[position];
            if (line.Length == 0 || line.StartsWith('#'))
            {
                rewritten.Append(line).Append('\n');
                position++;
                continue;
            }

            var start = position;
            List<string> input = [];
            for (position++; lines[position] != Separator; position++)
            {
                input.Add(lines[position]);
            }

            position++;
            var expected = ReadExpected(lines, ref position);
            var actual = handle(Directive.Parse(line, string.Join('\n', input)));
            var actualLines = actual.TrimEnd('\n').Split('\n');
            rewritten.AppendJoin('\n', lines[start..(start + 1 + input.Count)]).Append($"\n{Separator}\n");
            rewritten.AppendJoin('\n', actualLines).Append("\n\n");
            count++;
            if (!rewrites)
            {
                Compare(path, start, line, expected, actualLines);
            }
        }

        if (rewrites)
        {
            File.WriteAllText(path, rewritten.ToString().TrimEnd('\n') + "\n");
        }

        return count;
    }

    private static List<string> ReadExpected(string[] lines, ref int position)
    {
        List<string> expected = [];
        var allowsBlankLines = position < lines.Length && lines[position] == Separator;
        position += allowsBlankLines ? 1 : 0;
        while (position < lines.Length)
        {
            var isEnd = allowsBlankLines
                ? lines[position] == Separator && lines[position + 1] == Separator
                : lines[position].Length == 0;
            if (isEnd)
            {
                position += allowsBlankLines ? 2 : 1;
                break;
            }

            expected.Add(lines[position++]);
        }

        return expected;
    }

    private static void Compare(string path, int start, string line, List<string> expected, string[] actual)
    {
        for (var i = 0; i < Math.Max(expected.Count, actual.Length); i++)
        {
            var expectedLine = i < expected.Count ? expected[i] : "<end of output>";
            var actualLine = i < actual.Length ? actual[i] : "<end of output>";
            Assert.True(
                expectedLine == actualLine,
                $"""
                {path}:{start + 1}: {line}
                differs in line {i + 1} of the output
                expected: {expectedLine}
                actual:   {actualLine}
                --- whole output
                {string.Join('\n', actual)}
                """
            );
        }
    }
}
