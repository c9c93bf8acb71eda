namespace EtcdSharp.Replica.Tokens;

/// <summary>A token that this member knows.</summary>
internal sealed class SimpleToken(string text, string user, long nowNanoseconds)
{
    public string Text => text;

    public string User => user;

    public long LastUsedNanoseconds { get; set; } = nowNanoseconds;
}
