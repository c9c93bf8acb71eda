using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Input;

/// <summary>Takes a line that was typed into etcdctl apart: words, <c>'plain'</c> and <c>"escaped\n"</c> strings.</summary>
internal static class InputLine
{
    public static List<string> Split(string line)
    {
        var words = new List<string>();
        for (var at = 0; at < line.Length; )
        {
            var end = line[at] switch
            {
                '"' => EndOfEscaped(line, at),
                '\'' => line.IndexOf('\'', at + 1) + 1,
                var one when char.IsWhiteSpace(one) => 0,
                _ => EndOfWord(line, at),
            };
            if (end > 0)
            {
                words.Add(Unquote(line[at..end]));
            }

            // A quote that nothing closes is passed over.
            at = end > 0 ? end : at + 1;
        }

        return words;
    }

    private static string Unquote(string word) =>
        word[0] switch
        {
            '\'' => word[1..^1],
            '"' => GoQuote.TryRead(word, out var value, out _)
                ? value
                : throw new CommandFailure(ExitCode.InvalidInput, "invalid syntax"),
            _ => word,
        };

    private static int EndOfWord(string line, int at)
    {
        while (at < line.Length && !char.IsWhiteSpace(line[at]))
        {
            at++;
        }

        return at;
    }

    private static int EndOfEscaped(string line, int at)
    {
        for (at++; at < line.Length; at++)
        {
            if (line[at] == '"')
            {
                return at + 1;
            }

            if (line[at] == '\\')
            {
                at++;
            }
        }

        return 0;
    }
}
