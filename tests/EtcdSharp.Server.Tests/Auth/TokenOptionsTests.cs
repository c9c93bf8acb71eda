using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Tokens;

namespace EtcdSharp.Server.Tests.Auth;

public sealed class TokenOptionsTests : IDisposable
{
    private static readonly RSA s_rsa = RSA.Create(2048);
    private static readonly RSA s_otherRsa = RSA.Create(1024);
    private static readonly ECDsa s_ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    // RFC 8410, 10.1 and 10.3: with an attribute and the public key beside the private one.
    private const string OtherEd25519 = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
        -----END PUBLIC KEY-----
        """;
    private const string OtherEd25519Private = """
        -----BEGIN PRIVATE KEY-----
        MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
        oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
        Z9w7lshQhqowtrbLDFw4rXAxZuE=
        -----END PRIVATE KEY-----
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("etcdsharp-auth-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Simple_tokens_are_warned_of_as_in_etcd()
    {
        var options = Read("simple");

        Assert.Equal(TokenKind.Simple, options.Kind);
        Assert.Equal("simple token is not cryptographically signed", Assert.Single(options.Notices).Message);
        var tokens = Create(options);
        tokens.Enable();
        Assert.IsType<SimpleTokens>(tokens);
        Assert.True(tokens.TryAssign("root", 1, "abc", 5, out _));
    }

    [Fact]
    public void Empty_means_no_tokens_at_all()
    {
        var tokens = Create(Read(""));
        tokens.Enable();

        Assert.IsType<NoTokens>(tokens);
        Assert.Equal("", tokens.NewPrefix());
        Assert.False(tokens.TryAssign("root", 1, "abc", 5, out var token));
        Assert.Equal("", token);
        Assert.Null(tokens.AppliedIndexFor("abc.5"));
        Assert.Null(tokens.Find("abc.5", 1));
    }

    [Theory]
    [InlineData("jwt,pub-key={0},priv-key={1},sign-method=RS256,ttl=10m", 600)]
    [InlineData("jwt,sign-method=PS512,priv-key={1},ttl=1h30m", 5400)]
    [InlineData("jwt,sign-method=RS256,priv-key={1}", 300)]
    [InlineData("jwt,sign-method=RS256,priv-key={1},ttl=", 300)]
    [InlineData("jwt,sign-method=RS256,priv-key={1},pub-key=", 300)]
    [InlineData("jwt,sign-method=HS384,priv-key={0}", 300)]
    [InlineData("jwt,sign-method=ES256,pub-key={2},priv-key={3},ttl=876000h", 876_000 * 3600L)]
    [InlineData("jwt,sign-method=EdDSA,priv-key={8}", 300)]
    [InlineData("jwt,sign-method=EdDSA,priv-key={8},pub-key={9}", 300)]
    [InlineData("jwt,sign-method=EdDSA,priv-key={11},pub-key={10}", 300)]
    public void A_good_jwt_gives_tokens_that_it_takes(string text, long seconds)
    {
        var options = Read(WithFiles(text));

        Assert.Equal(TokenKind.Jwt, options.Kind);
        Assert.Equal(TimeSpan.FromSeconds(seconds), options.Jwt!.TimeToLive);
        Assert.Empty(options.Notices);
        var tokens = Create(options);
        Assert.True(tokens.TryAssign("root", 4, "", 5, out var token));
        Assert.Equal(new Caller("root", 4), tokens.Find(token, 9));
    }

    [Theory]
    [InlineData("jwt,sign-method=RS256,pub-key={0}")]
    [InlineData("jwt,sign-method=ES256,pub-key={2},priv-key=")]
    [InlineData("jwt,sign-method=EdDSA,pub-key={10}")]
    public void A_public_key_alone_verifies_only(string text) =>
        Assert.False(Create(Read(WithFiles(text))).TryAssign("root", 4, "", 5, out _));

    [Fact]
    public void All_forms_of_keys_are_read()
    {
        CertificateRequest request = new("CN=etcd", s_rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        string[] privateForms =
        [
            s_rsa.ExportPkcs8PrivateKeyPem(),
            s_rsa.ExportRSAPrivateKeyPem(),
            "words before\n" + s_rsa.ExportPkcs8PrivateKeyPem(),
        ];
        string[] publicForms =
        [
            s_rsa.ExportSubjectPublicKeyInfoPem(),
            s_rsa.ExportRSAPublicKeyPem(),
            certificate.ExportCertificatePem(),
        ];
        foreach (var form in privateForms)
        {
            foreach (var other in publicForms)
            {
                Read($"jwt,sign-method=RS256,priv-key={Write("one", form)},pub-key={Write("two", other)}");
            }
        }

        Read($"jwt,sign-method=ES256,priv-key={Write("one", s_ecdsa.ExportECPrivateKeyPem())}");
        Read($"jwt,sign-method=ES256,priv-key={Write("one", AsOpensslWrites(s_ecdsa.ExportECPrivateKeyPem()))}");
        Read($"jwt,sign-method=ES256,priv-key={Write("one", s_ecdsa.ExportPkcs8PrivateKeyPem())}");
    }

    [Fact]
    public void Options_that_nobody_knows_are_warned_of_and_passed_over()
    {
        var notice = Assert.Single(Read(WithFiles("jwt,sign-method=RS256,priv-key={1},pubkey=x,alg=y")).Notices);

        Assert.True(notice.Warning);
        Assert.Equal(["alg", "pubkey"], Assert.IsType<string[]>(notice.Fields.Single().Value));
        Assert.Equal(2, Read("simple,ttl=5m").Notices.Count);
    }

    [Theory]
    [InlineData("complex", "must be \"simple\", \"jwt\" with its options, or empty")]
    [InlineData("JWT,sign-method=RS256,priv-key={1}", "(set to \"JWT\")")]
    [InlineData(" simple", "(set to \" simple\")")]
    [InlineData("simple,", "\"\" is not an option")]
    [InlineData("jwt,sign-method", "\"sign-method\" is not an option")]
    [InlineData("jwt,priv-key=a=b,sign-method=RS256", "\"priv-key=a=b\" is not an option")]
    [InlineData("jwt,ttl=5m,ttl=5m,sign-method=RS256", "ttl is given twice")]
    [InlineData("jwt", "sign-method is missing")]
    [InlineData("jwt,priv-key={1}", "sign-method is missing")]
    [InlineData("jwt,sign-method=,priv-key={1}", "sign-method is missing")]
    [InlineData("jwt,sign-method=none,priv-key={1}", "sign-method must be one of RS256")]
    [InlineData("jwt,sign-method=rs256,priv-key={1}", "(set to \"rs256\")")]
    [InlineData("jwt,sign-method=EdDSA", "name its file with priv-key=FILE")]
    [InlineData("jwt,sign-method=EdDSA,priv-key={1}", "the file of priv-key has another kind of key, an Ed25519 private key")]
    [InlineData("jwt,sign-method=EdDSA,pub-key={2}", "the file of pub-key has another kind of key, an Ed25519 public key")]
    [InlineData("jwt,sign-method=EdDSA,priv-key={5}", "the file of priv-key has no private key in PEM form")]
    [InlineData("jwt,sign-method=EdDSA,priv-key={6}", "is encrypted")]
    [InlineData("jwt,sign-method=EdDSA,priv-key={8},pub-key={10}", "pub-key and priv-key are not a pair")]
    [InlineData("jwt,sign-method=RS256,priv-key={8}", "the file of priv-key is not an RSA private key")]
    [InlineData("jwt,sign-method=RS256", "name its file with priv-key=FILE")]
    [InlineData("jwt,sign-method=PS256,priv-key={4}", "name its file with priv-key=FILE")]
    [InlineData("jwt,sign-method=ES256", "name its file with priv-key=FILE")]
    [InlineData("jwt,sign-method=HS256", "needs a shared secret")]
    [InlineData("jwt,sign-method=HS256,pub-key={0}", "needs a shared secret")]
    [InlineData("jwt,sign-method=HS256,priv-key={4}", "needs a shared secret")]
    [InlineData("jwt,sign-method=RS256,priv-key=/nowhere/key", "the file of priv-key, /nowhere/key, cannot be read")]
    [InlineData("jwt,sign-method=RS256,pub-key=/nowhere/key,priv-key={1}", "the file of pub-key, /nowhere/key, cannot be read")]
    [InlineData("jwt,sign-method=RS256,priv-key=/", "the file of priv-key, /, cannot be read")]
    [InlineData("jwt,sign-method=RS256,priv-key=\0", "cannot be read")]
    [InlineData("jwt,sign-method=RS256,priv-key={0}", "the file of priv-key has no private key in PEM form")]
    [InlineData("jwt,sign-method=RS256,pub-key={1}", "the file of pub-key has no public key in PEM form")]
    [InlineData("jwt,sign-method=RS256,priv-key={3}", "the file of priv-key is not an RSA private key")]
    [InlineData("jwt,sign-method=ES256,priv-key={1}", "the file of priv-key is not an elliptic-curve private key")]
    [InlineData("jwt,sign-method=ES256,pub-key={0}", "the file of pub-key is not an elliptic-curve public key")]
    [InlineData("jwt,sign-method=ES256,priv-key={5}", "the file of priv-key has another kind of key")]
    [InlineData("jwt,sign-method=RS256,priv-key={6}", "is encrypted")]
    [InlineData("jwt,sign-method=RS256,priv-key={7},pub-key={0}", "pub-key and priv-key are not a pair")]
    [InlineData("jwt,sign-method=ES384,priv-key={3}", "the key is on another curve, sign-method=ES384 needs one on P-384")]
    [InlineData("jwt,sign-method=ES512,pub-key={2}", "needs one on P-521")]
    [InlineData("jwt,sign-method=PS512,priv-key={7}", "the key has 1024 bits, sign-method=PS512 needs at least 1041")]
    [InlineData("jwt,sign-method=RS256,priv-key={1},ttl=10", "ttl=\"10\" is not a duration")]
    [InlineData("jwt,sign-method=RS256,priv-key={1},ttl=soon", "ttl=\"soon\" is not a duration")]
    [InlineData("jwt,sign-method=RS256,priv-key={1},ttl=0", "ttl must be from 1s")]
    [InlineData("jwt,sign-method=RS256,priv-key={1},ttl=-5m", "ttl must be from 1s")]
    [InlineData("jwt,sign-method=RS256,priv-key={1},ttl=2000000h", "ttl must be from 1s")]
    public void A_problem_is_a_sentence_that_names_the_option(string text, string expected)
    {
        Assert.False(TokenOptions.TryRead(WithFiles(text), out var options, out var problem));
        Assert.Null(options);
        Assert.StartsWith("--auth-token", problem);
        Assert.Contains(expected, problem);
        Assert.DoesNotContain('\n', problem);
    }

    [Fact]
    public void A_short_key_is_refused()
    {
        using var rsa = RSA.Create(512);
        var path = Write("short", rsa.ExportPkcs8PrivateKeyPem());

        Assert.False(TokenOptions.TryRead($"jwt,sign-method=RS256,priv-key={path}", out _, out var problem));
        Assert.Contains("has 512 bits, sign-method=RS256 needs at least 1024", problem);
    }

    [Fact]
    public void A_private_key_whose_numbers_do_not_fit_together_is_refused()
    {
        // The public point stands at the end of the private key's file.
        const int pointBytes = 64;
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = s_ecdsa.ExportECPrivateKey();
        other.ExportECPrivateKey().AsSpan(^pointBytes..).CopyTo(key.AsSpan(^pointBytes..));
        var path = Write("mixed", PemEncoding.WriteString("EC PRIVATE KEY", key));

        Assert.False(TokenOptions.TryRead($"jwt,sign-method=ES256,priv-key={path}", out _, out var problem));
        Assert.Contains("the file of priv-key", problem);
    }

    // Found by the test below: the damage made the name of a curve that the system does not have.
    [Fact]
    public void A_key_on_an_unknown_curve_is_refused()
    {
        var key = s_ecdsa.ExportECPrivateKey();
        ReadOnlySpan<byte> prime256 = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
        key[key.AsSpan().IndexOf(prime256) + 4] = 0x33;
        var path = Write("curve", PemEncoding.WriteString("EC PRIVATE KEY", key));

        Assert.False(TokenOptions.TryRead($"jwt,sign-method=ES256,priv-key={path}", out _, out var problem));
        Assert.Contains("the file of priv-key is not an elliptic-curve private key", problem);
    }

    [Fact]
    public void A_file_that_is_no_key_is_not_read_to_its_end()
    {
        var path = Path.Combine(_folder, "large");
        using (var file = File.Create(path))
        {
            file.SetLength(1L << 32);
        }

        Assert.False(TokenOptions.TryRead($"jwt,sign-method=HS256,priv-key={path}", out _, out var problem));
        Assert.Contains("4294967296 bytes and is no key", problem);
    }

    [Fact]
    public void Damaged_key_files_are_problems()
    {
        var random = new SeededRandom(3);
        string[] good =
        [
            s_rsa.ExportPkcs8PrivateKeyPem(),
            s_rsa.ExportSubjectPublicKeyInfoPem(),
            s_ecdsa.ExportECPrivateKeyPem(),
            TokensOfEtcd.Ed25519Private,
            TokensOfEtcd.Ed25519,
        ];
        string[] uses = ["RS256,priv-key", "RS256,pub-key", "ES256,priv-key", "EdDSA,priv-key", "EdDSA,pub-key"];
        for (var round = 0; round < 1000; round++)
        {
            var text = good[round % good.Length].ToCharArray();
            for (var change = random.Next(3); change >= 0; change--)
            {
                text[random.Next(text.Length)] = (char)random.Next(128);
            }

            var path = Write("damaged", new string(text, 0, random.Next(4) == 0 ? random.Next(text.Length) : text.Length));
            var use = uses[round % uses.Length];
            if (!TokenOptions.TryRead($"jwt,sign-method={use}={path}", out var options, out var problem))
            {
                Assert.StartsWith("--auth-token: ", problem);
                continue;
            }

            // What is read can be used, whatever it is.
            var tokens = Create(options);
            Assert.True(!tokens.TryAssign("root", 4, "", 5, out var token) || tokens.Find(token, 4) is not null);
            tokens.Find(TokensOfEtcd.ByAlgorithm[use[..use.IndexOf(',')]], 4);
        }
    }

    private static TokenOptions Read(string text)
    {
        Assert.True(TokenOptions.TryRead(text, out var options, out var problem), problem);
        return options;
    }

    private static ITokens Create(TokenOptions options) =>
        options.Create(new ManualClock(), SystemRandomness.Instance, TimeSpan.Zero);

    /// <summary>What <c>openssl ecparam -genkey</c> writes: the curve first.</summary>
    private static string AsOpensslWrites(string key) =>
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + key;

    private string WithFiles(string text)
    {
        PbeParameters encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        return string.Format(
            System.Globalization.CultureInfo.InvariantCulture,
            text,
            Write("rsa.pub", s_rsa.ExportSubjectPublicKeyInfoPem()),
            Write("rsa.key", s_rsa.ExportPkcs8PrivateKeyPem()),
            Write("ec.pub", s_ecdsa.ExportSubjectPublicKeyInfoPem()),
            Write("ec.key", s_ecdsa.ExportPkcs8PrivateKeyPem()),
            Write("empty", ""),
            Write("rsa1.key", s_rsa.ExportRSAPrivateKeyPem()),
            Write("encrypted.key", s_rsa.ExportEncryptedPkcs8PrivateKeyPem("pass", encryption)),
            Write("other.key", s_otherRsa.ExportPkcs8PrivateKeyPem()),
            Write("ed.key", TokensOfEtcd.Ed25519Private),
            Write("ed.pub", TokensOfEtcd.Ed25519),
            Write("ed2.pub", OtherEd25519),
            Write("ed2.key", OtherEd25519Private)
        );
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
