using System.Text;

namespace EtcdSharp.CommandLine.Tests.Support;

/// <summary>Takes a typed line apart as a shell does.</summary>
internal static class CommandText
{
    public static List<string> Split(string line)
    {
        var arguments = new List<string>();
        var argument = new StringBuilder();
        var open = false;
        char? quote = null;
        foreach (var one in line)
        {
            if (one == quote)
            {
                quote = null;
            }
            else if (quote is null && one is '\'' or '"' && quote is null)
            {
                quote = one;
                open = true;
            }
            else if (quote is null && one == ' ')
            {
                Take();
            }
            else
            {
                argument.Append(one);
                open = true;
            }
        }

        Take();
        return arguments;

        void Take()
        {
            if (open)
            {
                arguments.Add(argument.ToString());
            }

            argument.Clear();
            open = false;
        }
    }
}
