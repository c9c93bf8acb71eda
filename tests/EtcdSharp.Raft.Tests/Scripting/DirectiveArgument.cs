namespace EtcdSharp.Raft.Tests.Scripting;

/// <summary><c>key</c>, <c>key=value</c> or <c>key=(value,value)</c>.</summary>
internal sealed record DirectiveArgument(string Key, IReadOnlyList<string> Values)
{
    public static DirectiveArgument Parse(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return new DirectiveArgument(word, []);
        }

        var value = word[(equals + 1)..];
        return new DirectiveArgument(
            word[..equals],
            value.StartsWith('(') ? [.. value[1..^1].Split(',', StringSplitOptions.TrimEntries)] : [value]
        );
    }
}
