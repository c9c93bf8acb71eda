using System.Text;

namespace EtcdSharp.CommandLine.Flags;

/// <summary>Texts with commas between; given again, it adds to them.</summary>
public sealed class StringListFlag : Flag
{
    private List<string> values;

    public StringListFlag(string name, IReadOnlyList<string> value, string usage)
        : base(name, usage)
    {
        values = [.. value];
        DefaultNote = value.Count == 0 ? "" : $" (default {Text})";
    }

    public IReadOnlyList<string> Value => values;

    public override string TypeName => "strings";

    public override string Text => $"[{string.Join(',', values)}]";

    private protected override string? Read(string text)
    {
        var problem = ReadFields(text, out var fields);
        if (problem is null)
        {
            values = Changed ? [.. values, .. fields] : fields;
        }

        return problem;
    }

    /// <summary>One line of comma-separated fields, of which some may be in double quotes.</summary>
    private static string? ReadFields(string text, out List<string> fields)
    {
        fields = [];
        if (text.Length == 0)
        {
            return null;
        }

        var field = new StringBuilder();
        for (var i = 0; ; i++)
        {
            field.Clear();
            if (i < text.Length && text[i] == '"')
            {
                if (!ReadQuoted(text, ref i, field))
                {
                    return $"parse error on line 1, column {text.Length + 1}: extraneous or missing \" in quoted-field";
                }
            }
            else
            {
                var end = text.IndexOf(',', i) is var comma && comma < 0 ? text.Length : comma;
                var quote = text.IndexOf('"', i, end - i);
                if (quote >= 0)
                {
                    return $"parse error on line 1, column {quote + 1}: bare \" in non-quoted-field";
                }

                field.Append(text, i, end - i);
                i = end;
            }

            fields.Add(field.ToString());
            if (i >= text.Length)
            {
                return null;
            }
        }
    }

    private static bool ReadQuoted(string text, ref int at, StringBuilder field)
    {
        for (at++; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                field.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '"')
            {
                field.Append('"');
                at++;
            }
            else
            {
                at++;
                return at == text.Length || text[at] == ',';
            }
        }

        return false;
    }
}
