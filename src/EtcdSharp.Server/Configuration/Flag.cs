using System.Runtime.CompilerServices;

namespace EtcdSharp.Server.Configuration;

/// <summary>A flag and what its text becomes in <see cref="MemberOptions"/>, where the flag itself is the key of its value.</summary>
internal sealed class Flag<T> : FlagDefinition
{
    private readonly Func<string, T> _read;
    private readonly Lazy<T> _default;

    /// <param name="section">Where <c>--help</c> lists the flag.</param>
    /// <param name="name">As it stands on the command line, without dashes.</param>
    /// <param name="kind">What its text may hold.</param>
    /// <param name="defaultText">In the same form; it need not be a text that could be given.</param>
    /// <param name="help">One sentence: what the flag is for.</param>
    /// <param name="read">From a text of that kind to the value.</param>
    /// <param name="option">The name of the field that holds the flag.</param>
    public Flag(
        FlagSection section,
        string name,
        FlagKind kind,
        string defaultText,
        string help,
        Func<string, T> read,
        [CallerMemberName] string option = ""
    )
        : base(section, name, kind, defaultText, help, option)
    {
        _read = read;
        _default = new Lazy<T>(() => read(defaultText));
    }

    /// <summary>Texts that stand for the default, as a zero does for many of etcd's flags; null for none.</summary>
    public Func<string, bool>? StandsForDefault { get; init; }

    public T DefaultValue => _default.Value;

    public T Read(string text) => StandsForDefault?.Invoke(text) == true ? DefaultValue : _read(text);

    public override object? ValueOf(string text) => Read(text);
}
