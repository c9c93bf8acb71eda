using System.Security.Cryptography;
using EtcdSharp.Replica.Auth;

namespace EtcdSharp.Replica.Tokens;

/// <summary>ECDSA; a signature is its two numbers in full length, one behind the other (IEEE P1363), not their DER form.</summary>
internal sealed class EcdsaJwtKey(ECParameters parameters, HashAlgorithmName hash) : JwtKey
{
    private const DSASignatureFormat Format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation;

    private readonly KeyPool<ECDsa> _keys = new(() => ECDsa.Create(parameters));

    public override bool CanSign => parameters.D is not null;

    public override byte[] Sign(ReadOnlySpan<byte> data)
    {
        var key = _keys.Rent();
        try
        {
            return key.SignData(data, hash, Format);
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
            return key.VerifyData(data, signature, hash, Format);
        }
        finally
        {
            _keys.Return(key);
        }
    }
}
