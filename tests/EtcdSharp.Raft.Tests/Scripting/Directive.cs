namespace EtcdSharp.Raft.Tests.Scripting;

/// <summary>One command of a script with its input lines.</summary>
internal sealed record Directive(string Command, IReadOnlyList<DirectiveArgument> Arguments, string Input)
{
    public IEnumerable<string> PositionalArguments =>
        Arguments.Where(argument => argument.Values.Count == 0).Select(argument => argument.Key);

    public string Value(string key) => Arguments.Single(argument => argument.Key == key).Values[0];

    public static Directive Parse(string line, string input)
    {
        var words = Split(line);
        return new Directive(words[0], [.. words.Skip(1).Select(DirectiveArgument.Parse)], input);
    }

    /// <summary>Splits at blanks outside parentheses: <c>idx=(13, 100)</c> is one word.</summary>
    private static List<string> Split(string line)
    {
        List<string> words = [];
        var depth = 0;
        var word = "";
        foreach (var character in line + " ")
        {
            depth += character switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (character != ' ' || depth > 0)
            {
                word += character;
            }
            else if (word.Length > 0)
            {
                words.Add(word);
                word = "";
            }
        }

        return words;
    }
}
