namespace EtcdSharp.Replica.Tokens;

/// <summary>A key together with the one algorithm it is used for, so that no token can choose another. Any thread.</summary>
internal abstract class JwtKey
{
    /// <summary>False for a public key without its private one: this member checks tokens and gives none.</summary>
    public abstract bool CanSign { get; }

    public abstract byte[] Sign(ReadOnlySpan<byte> data);

    public abstract bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}
