namespace EtcdSharp.Server.Configuration;

/// <summary>A heading of <c>--help</c> with its flags in the order in which they were written down: each joins as it is made.</summary>
internal sealed class FlagSection(string title)
{
    private readonly List<FlagDefinition> _flags = [];

    public string Title { get; } = title;

    public IReadOnlyList<FlagDefinition> Flags => _flags;

    public void Join(FlagDefinition flag) => _flags.Add(flag);
}
