namespace EtcdSharp.Replica.Membership;

/// <summary>One member of the cluster as all members agree on it. Immutable: a change makes a new one.</summary>
internal sealed record MemberInfo(
    ulong Id,
    IReadOnlyList<string> PeerUrls,
    bool IsLearner = false,
    string Name = "",
    IReadOnlyList<string>? ClientUrls = null
)
{
    public IReadOnlyList<string> ClientUrls { get; init; } = ClientUrls ?? [];

    /// <summary>A member publishes its name once it runs; until then it was only added.</summary>
    public bool IsStarted => Name.Length != 0;

    public Api.Member ToMessage()
    {
        var message = new Api.Member
        {
            ID = Id,
            Name = Name,
            IsLearner = IsLearner,
        };
        message.PeerURLs.AddRange(PeerUrls);
        message.ClientURLs.AddRange(ClientUrls);
        return message;
    }
}
