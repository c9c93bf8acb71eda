using System.Security.Cryptography;
using EtcdSharp.Replica.Auth;

namespace EtcdSharp.Replica.Tokens;

/// <summary>RSA with either padding; the salt of PSS is as long as the hash, as RFC 7518 wants it.</summary>
internal sealed class RsaJwtKey(RSAParameters parameters, HashAlgorithmName hash, RSASignaturePadding padding) : JwtKey
{
    private readonly KeyPool<RSA> _keys = new(() => RSA.Create(parameters));

    public override bool CanSign => parameters.D is not null;

    public override byte[] Sign(ReadOnlySpan<byte> data)
    {
        var key = _keys.Rent();
        try
        {
            return key.SignData(data, hash, padding);
        }
        finally
        {
            _keys.Return(key);
        }
    }

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var key = _keys.Rent();
        try
        {
            return key.VerifyData(data, signature, hash, padding);
        }
        finally
        {
            _keys.Return(key);
        }
    }
}
