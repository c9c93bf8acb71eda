namespace EtcdSharp.Replica.Tokens;

/// <summary>The kinds of keys and signatures of JSON Web Algorithms (RFC 7518) that etcd has.</summary>
internal enum JwtFamily
{
    /// <summary>A shared secret: HS.</summary>
    Hmac,

    /// <summary>RSASSA-PKCS1-v1_5: RS.</summary>
    Rsa,

    /// <summary>RSASSA-PSS: PS.</summary>
    RsaPss,

    /// <summary>ECDSA on the curve of the hash's size: ES.</summary>
    Ecdsa,

    /// <summary>EdDSA on the curve Ed25519 (RFC 8037).</summary>
    Ed25519,
}
