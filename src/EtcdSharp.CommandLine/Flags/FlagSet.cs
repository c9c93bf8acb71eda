using System.Collections;

namespace EtcdSharp.CommandLine.Flags;

/// <summary>Flags by name, in the order of their names.</summary>
public sealed class FlagSet : IEnumerable<Flag>
{
    private readonly List<Flag> flags = [];

    public Flag? Find(string name)
    {
        foreach (var flag in flags)
        {
            if (flag.Name == name)
            {
                return flag;
            }
        }

        return null;
    }

    public Flag? Find(char shorthand)
    {
        foreach (var flag in flags)
        {
            if (flag.Shorthand == shorthand)
            {
                return flag;
            }
        }

        return null;
    }

    public T Add<T>(T flag)
        where T : Flag
    {
        var at = flags.FindIndex(other => string.CompareOrdinal(other.Name, flag.Name) > 0);
        flags.Insert(at < 0 ? flags.Count : at, flag);
        return flag;
    }

    public BoolFlag Bool(string name, string usage, bool value = false, char? shorthand = null) =>
        Add(new BoolFlag(name, value, usage) { Shorthand = shorthand });

    public StringFlag String(string name, string value, string usage, char? shorthand = null) =>
        Add(new StringFlag(name, value, usage) { Shorthand = shorthand });

    public Int64Flag Int64(string name, long value, string usage) => Add(new Int64Flag(name, value, usage));

    public UInt64Flag UInt64(string name, ulong value, string usage) => Add(new UInt64Flag(name, value, usage));

    public DurationFlag Duration(string name, TimeSpan value, string usage) => Add(new DurationFlag(name, value, usage));

    public StringListFlag StringList(string name, IReadOnlyList<string> value, string usage) =>
        Add(new StringListFlag(name, value, usage));

    public IEnumerator<Flag> GetEnumerator() => flags.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
