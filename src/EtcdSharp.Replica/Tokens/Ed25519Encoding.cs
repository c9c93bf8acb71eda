using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Crypto.Parameters;

namespace EtcdSharp.Replica.Tokens;

/// <summary>Ed25519 keys in the two forms that etcd reads, PKCS #8 and PKIX (RFC 8410). Null for keys of another kind.</summary>
internal static class Ed25519Encoding
{
    private const string Oid = "1.3.101.112";

    /// <exception cref="CryptographicException">The content is not the encoding of a key.</exception>
    public static Ed25519PrivateKeyParameters? ReadPrivate(byte[] content)
    {
        try
        {
            // A public key or attributes may follow and are passed over (RFC 5958).
            var key = new AsnReader(content, AsnEncodingRules.DER).ReadSequence();
            key.ReadInteger();
            var algorithm = key.ReadSequence();
            if (algorithm.ReadObjectIdentifier() != Oid)
            {
                return null;
            }

            algorithm.ThrowIfNotEmpty();
            var seed = AsnDecoder.ReadOctetString(key.ReadOctetString(), AsnEncodingRules.DER, out _);
            return seed.Length == Ed25519PrivateKeyParameters.KeySize
                ? new Ed25519PrivateKeyParameters(seed)
                : throw new CryptographicException(
                    $"it has {seed.Length} bytes instead of {Ed25519PrivateKeyParameters.KeySize}"
                );
        }
        catch (AsnContentException damaged)
        {
            throw new CryptographicException(damaged.Message, damaged);
        }
    }

    /// <exception cref="CryptographicException">The content is not the encoding of a key, or the key is no point of the curve.</exception>
    public static Ed25519PublicKeyParameters? ReadPublic(byte[] content)
    {
        var key = PublicKey.CreateFromSubjectPublicKeyInfo(content, out _);
        if (key.Oid.Value != Oid)
        {
            return null;
        }

        try
        {
            return new Ed25519PublicKeyParameters(key.EncodedKeyValue.RawData);
        }
        catch (ArgumentException invalid)
        {
            throw new CryptographicException(invalid.Message, invalid);
        }
    }
}
