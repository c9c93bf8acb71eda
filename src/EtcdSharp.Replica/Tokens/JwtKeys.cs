using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;

namespace EtcdSharp.Replica.Tokens;

/// <summary>Makes the key of an algorithm from the contents of the two key files; an empty file is as good as none.</summary>
internal static class JwtKeys
{
    /// <summary>Below it neither etcd nor anybody else trusts a signature.</summary>
    private const int RsaBitsMin = 1024;

    private const int BitsPerByte = 8;

    private const string NotAPair = "pub-key and priv-key are not a pair: give the two files of one key, or priv-key alone";

    public static bool TryCreate(
        JwtAlgorithm algorithm,
        byte[] publicFile,
        byte[] privateFile,
        [NotNullWhen(true)] out JwtKey? key,
        [NotNullWhen(false)] out string? problem
    )
    {
        (key, problem) = algorithm.Family switch
        {
            JwtFamily.Hmac => Hmac(algorithm, privateFile),
            JwtFamily.Ecdsa => Ecdsa(algorithm, publicFile, privateFile),
            JwtFamily.Ed25519 => Ed25519(algorithm, publicFile, privateFile),
            _ => Rsa(algorithm, publicFile, privateFile),
        };
        if (key is { CanSign: true } && !SignsWhatItVerifies(key))
        {
            key = null;
            problem =
                $"the system's cryptography does not sign with this key and sign-method={algorithm.Name}; give another key or method";
        }

        return key is not null;
    }

    /// <summary>
    /// Tried before the first user comes: what the policy of the machine forbids, such as short keys on some distributions,
    /// is read without complaint and refused where it is used, which would be in the middle of the apply loop.
    /// </summary>
    private static bool SignsWhatItVerifies(JwtKey key)
    {
        try
        {
            return key.Verify("a trial"u8, key.Sign("a trial"u8));
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static (JwtKey? Key, string? Problem) Hmac(JwtAlgorithm algorithm, byte[] secret) =>
        secret.Length == 0
            ? (null, $"sign-method={algorithm.Name} needs a shared secret: name the file that holds it with priv-key=FILE")
            : (new HmacJwtKey(secret, algorithm.Hash), null);

    private static (JwtKey? Key, string? Problem) Rsa(JwtAlgorithm algorithm, byte[] publicFile, byte[] privateFile)
    {
        using var key = RSA.Create();
        if (Read(algorithm, publicFile, privateFile, key, RSA.Create) is { } problem)
        {
            return (null, problem);
        }

        var isPss = algorithm.Family == JwtFamily.RsaPss;

        // PSS puts a hash, a salt as long and two bytes into one number (RFC 8017, 9.1.1), which the modulus must exceed.
        var bitsMin = isPss ? Math.Max(RsaBitsMin, (((2 * algorithm.HashBytes) + 2) * BitsPerByte) + 1) : RsaBitsMin;
        if (key.KeySize < bitsMin)
        {
            return (
                null,
                $"the key has {key.KeySize} bits, sign-method={algorithm.Name} needs at least {bitsMin}: make a longer one"
            );
        }

        var parameters = key.ExportParameters(includePrivateParameters: privateFile.Length > 0);
        return (new RsaJwtKey(parameters, algorithm.Hash, isPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1), null);
    }

    private static (JwtKey? Key, string? Problem) Ecdsa(JwtAlgorithm algorithm, byte[] publicFile, byte[] privateFile)
    {
        using var key = ECDsa.Create();
        if (Read(algorithm, publicFile, privateFile, key, ECDsa.Create) is { } problem)
        {
            return (null, problem);
        }

        var parameters = key.ExportParameters(includePrivateParameters: privateFile.Length > 0);
        var (curve, name) = CurveOf(algorithm);
        return !parameters.Curve.IsNamed || parameters.Curve.Oid.Value != curve.Oid.Value
            ? (null, $"the key is on another curve, sign-method={algorithm.Name} needs one on {name}")
            : (new EcdsaJwtKey(parameters, algorithm.Hash), null);
    }

    /// <summary>The private key, or else the public one, in <paramref name="key"/>; both together must be one pair.</summary>
    private static string? Read(
        JwtAlgorithm algorithm,
        byte[] publicFile,
        byte[] privateFile,
        AsymmetricAlgorithm key,
        Func<AsymmetricAlgorithm> create
    )
    {
        if (ProblemOfNone(algorithm, publicFile, privateFile) is { } none)
        {
            return none;
        }

        if (privateFile.Length > 0 && PemKeys.ImportPrivate(privateFile, key) is { } privateProblem)
        {
            return $"the file of priv-key {privateProblem}";
        }

        if (publicFile.Length == 0)
        {
            return null;
        }

        using var other = create();
        if (PemKeys.ImportPublic(publicFile, other) is { } publicProblem)
        {
            return $"the file of pub-key {publicProblem}";
        }

        var content = other.ExportSubjectPublicKeyInfo();
        if (privateFile.Length == 0)
        {
            key.ImportSubjectPublicKeyInfo(content, out _);
            return null;
        }

        return key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(content) ? null : NotAPair;
    }

    private static (JwtKey? Key, string? Problem) Ed25519(JwtAlgorithm algorithm, byte[] publicFile, byte[] privateFile)
    {
        if (ProblemOfNone(algorithm, publicFile, privateFile) is { } none)
        {
            return (null, none);
        }

        Ed25519PrivateKeyParameters? privateKey = null;
        if (privateFile.Length > 0 && PemKeys.ReadEd25519Private(privateFile, out privateKey) is { } privateProblem)
        {
            return (null, $"the file of priv-key {privateProblem}");
        }

        var publicKey = privateKey?.GeneratePublicKey();
        if (publicFile.Length > 0)
        {
            if (PemKeys.ReadEd25519Public(publicFile, out var given) is { } publicProblem)
            {
                return (null, $"the file of pub-key {publicProblem}");
            }

            if (publicKey is not null && !publicKey.GetEncoded().AsSpan().SequenceEqual(given!.GetEncoded()))
            {
                return (null, NotAPair);
            }

            publicKey = given;
        }

        return (new Ed25519JwtKey(publicKey!, privateKey), null);
    }

    private static string? ProblemOfNone(JwtAlgorithm algorithm, byte[] publicFile, byte[] privateFile) =>
        publicFile.Length == 0 && privateFile.Length == 0
            ? $"sign-method={algorithm.Name} needs a key: name its file with priv-key=FILE, "
                + "or with pub-key=FILE alone to check tokens without giving any"
            : null;

    private static (ECCurve Curve, string Name) CurveOf(JwtAlgorithm algorithm) =>
        algorithm.HashBytes switch
        {
            SHA256.HashSizeInBytes => (ECCurve.NamedCurves.nistP256, "P-256 (prime256v1)"),
            SHA384.HashSizeInBytes => (ECCurve.NamedCurves.nistP384, "P-384 (secp384r1)"),
            _ => (ECCurve.NamedCurves.nistP521, "P-521 (secp521r1)"),
        };
}
