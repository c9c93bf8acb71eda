using System.Security.Cryptography;

namespace EtcdSharp.Replica.Tokens;

/// <summary>
/// One of the algorithms that <c>sign-method</c> names; the name stands in the header of every token. Ed25519 has its hash in
/// itself: it gives none here.
/// </summary>
internal sealed record JwtAlgorithm(string Name, JwtFamily Family, HashAlgorithmName Hash, int HashBytes)
{
    public static IReadOnlyList<JwtAlgorithm> All { get; } =
    [
        .. Sizes("RS", JwtFamily.Rsa),
        .. Sizes("PS", JwtFamily.RsaPss),
        .. Sizes("ES", JwtFamily.Ecdsa),
        .. Sizes("HS", JwtFamily.Hmac),
        new("EdDSA", JwtFamily.Ed25519, default, 0),
    ];

    public static JwtAlgorithm? Find(string name) => All.FirstOrDefault(algorithm => algorithm.Name == name);

    private static JwtAlgorithm[] Sizes(string prefix, JwtFamily family) =>
        [
            new(prefix + "256", family, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes),
            new(prefix + "384", family, HashAlgorithmName.SHA384, SHA384.HashSizeInBytes),
            new(prefix + "512", family, HashAlgorithmName.SHA512, SHA512.HashSizeInBytes),
        ];
}
