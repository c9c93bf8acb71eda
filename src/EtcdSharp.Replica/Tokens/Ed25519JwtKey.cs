using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace EtcdSharp.Replica.Tokens;

/// <summary>Ed25519 by BouncyCastle, as the framework does not have it. The key objects never change, so threads share them.</summary>
internal sealed class Ed25519JwtKey(Ed25519PublicKeyParameters publicKey, Ed25519PrivateKeyParameters? privateKey) : JwtKey
{
    public override bool CanSign => privateKey is not null;

    public override byte[] Sign(ReadOnlySpan<byte> data)
    {
        if (privateKey is null)
        {
            throw new CryptographicException("a public key does not sign");
        }

        var message = data.ToArray();
        var signature = new byte[Ed25519PrivateKeyParameters.SignatureSize];
        privateKey.Sign(Ed25519.Algorithm.Ed25519, null, message, 0, message.Length, signature, 0);
        return signature;
    }

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        // The library reads as many bytes as a signature has and does not look how many there are.
        if (signature.Length != Ed25519PrivateKeyParameters.SignatureSize)
        {
            return false;
        }

        var message = data.ToArray();
        return publicKey.Verify(Ed25519.Algorithm.Ed25519, null, message, 0, message.Length, signature.ToArray(), 0);
    }
}
