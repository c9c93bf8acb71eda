using EtcdSharp.Platform.Network;
using EtcdSharp.Platform.Text;

namespace EtcdSharp.Server.Configuration;

/// <summary>The texts that were given for flags, each with its source; a flag not given has its default.</summary>
internal sealed class FlagValues
{
    private readonly Dictionary<string, (string Text, FlagSource Source)> _given = new(StringComparer.Ordinal);

    public IEnumerable<FlagDefinition> Given => FlagTable.All.Where(flag => _given.ContainsKey(flag.Name));

    public bool IsGiven(string name) => _given.ContainsKey(name);

    /// <summary>A text that the flag can hold. An empty list of URLs counts as given and leaves the default, as in etcd.</summary>
    public void Set(FlagDefinition flag, string text, FlagSource source) =>
        _given[flag.Name] = (flag.Kind == FlagKind.Urls && text.Length == 0 ? flag.Default : text, source);

    public FlagSource SourceOf(string name) => _given.TryGetValue(name, out var given) ? given.Source : FlagSource.Default;

    public string Text(string name) => _given.TryGetValue(name, out var given) ? given.Text : FlagTable.ByName[name].Default;

    public bool Boolean(string name) => FlagDefinition.TryParseBoolean(Text(name), out var value) && value;

    public long Integer(string name) =>
        GoNumber.ParseSigned(Text(name), out var value) is { } problem ? throw Broken(name, problem) : value;

    public ulong Unsigned(string name) =>
        GoNumber.ParseUnsigned(Text(name), 64, out var value) is { } problem ? throw Broken(name, problem) : value;

    public TimeSpan Duration(string name) => Text(name) is { Length: > 0 } text ? GoDuration.Parse(text) : TimeSpan.Zero;

    public IReadOnlyList<EtcdUrl> Urls(string name) => EtcdUrl.ParseList(Text(name));

    public IReadOnlyList<string> Words(string name) =>
        Text(name).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A text was set that <see cref="FlagDefinition.Check"/> refuses.</summary>
    private InvalidOperationException Broken(string name, string problem) => new($"--{name}={Text(name)}: {problem}");
}
