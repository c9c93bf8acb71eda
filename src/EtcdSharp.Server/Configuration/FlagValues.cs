using EtcdSharp.Platform.Network;
using EtcdSharp.Platform.Text;

namespace EtcdSharp.Server.Configuration;

/// <summary>The texts that were given for flags, each with its source; a flag not given has its default.</summary>
internal sealed class FlagValues(FlagSet flags)
{
    private readonly Dictionary<FlagDefinition, (string Text, FlagSource Source)> _given = [];

    public FlagSet Flags { get; } = flags;

    public IEnumerable<FlagDefinition> Given => Flags.All.Where(_given.ContainsKey);

    public bool IsGiven(FlagDefinition flag) => _given.ContainsKey(flag);

    /// <summary>A text that the flag can hold. An empty list of URLs counts as given and leaves the default, as in etcd.</summary>
    public void Set(FlagDefinition flag, string text, FlagSource source) =>
        _given[flag] = (flag.Kind == FlagKind.Urls && text.Length == 0 ? flag.Default : text, source);

    public FlagSource SourceOf(FlagDefinition flag) =>
        _given.TryGetValue(flag, out var given) ? given.Source : FlagSource.Default;

    public string Text(FlagDefinition flag) => _given.TryGetValue(flag, out var given) ? given.Text : flag.Default;
}
