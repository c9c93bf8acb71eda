namespace EtcdSharp.Replica.Tokens;

/// <summary>How tokens are signed and for how long they hold.</summary>
internal sealed record JwtOptions(JwtAlgorithm Algorithm, JwtKey Key, TimeSpan TimeToLive)
{
    public static TimeSpan DefaultTimeToLive { get; } = TimeSpan.FromMinutes(5);
}
