using System.Security.Cryptography;

namespace EtcdSharp.Replica.Tokens;

/// <summary>A secret that all members share; whoever can check a token with it can also make one.</summary>
internal sealed class HmacJwtKey(byte[] secret, HashAlgorithmName hash) : JwtKey
{
    public override bool CanSign => true;

    public override byte[] Sign(ReadOnlySpan<byte> data) => CryptographicOperations.HmacData(hash, secret, data);

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        CryptographicOperations.FixedTimeEquals(Sign(data), signature);
}
