using System.Security.Cryptography;
using System.Text;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Tokens;
using Org.BouncyCastle.Crypto.Parameters;

namespace EtcdSharp.Server.Tests.Auth;

public sealed class JwtTokensTests
{
    private static readonly byte[] s_secret = Encoding.ASCII.GetBytes(TokensOfEtcd.Secret);
    private static readonly RSAParameters s_rsa = NewRsa();
    private static readonly string s_rsaPublic = PublicPem(s_rsa);

    private readonly ManualClock _clock = new();

    public static TheoryData<string> Algorithms => [.. JwtAlgorithm.All.Select(algorithm => algorithm.Name)];

    private long Now => _clock.UtcNow.ToUnixTimeSeconds();

    [Fact]
    public void The_algorithms_are_etcds() =>
        Assert.Equal(
            ["ES256", "ES384", "ES512", "EdDSA", "HS256", "HS384", "HS512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"],
            JwtAlgorithm.All.Select(algorithm => algorithm.Name).Order(StringComparer.Ordinal)
        );

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_token_that_etcd_gave_is_good_with_the_keys_that_etcd_had(string algorithm)
    {
        var tokens = OfEtcd(algorithm);
        var token = TokensOfEtcd.ByAlgorithm[algorithm];

        Assert.Equal(0ul, tokens.AppliedIndexFor(token));
        Assert.Equal(new Caller("root", 3), tokens.Find(token, 99));
        Assert.All(
            TokensOfEtcd.ByAlgorithm.Where(other => other.Key != algorithm),
            other => Assert.Null(tokens.Find(other.Value, 3))
        );
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_token_carries_its_user_and_revision_until_it_ends(string algorithm)
    {
        var key = NewKey(algorithm);
        var tokens = Tokens(algorithm, key);
        var other = Tokens(algorithm, NewKey(algorithm));

        Assert.Equal("", tokens.NewPrefix());
        Assert.True(tokens.TryAssign("grüße \"quoted\" 😀", ulong.MaxValue, "", 17, out var token));
        Assert.Equal(0ul, tokens.AppliedIndexFor(token));
        for (var use = 0; use < 2; use++)
        {
            Assert.Equal(new Caller("grüße \"quoted\" 😀", ulong.MaxValue), tokens.Find(token, 1));
            Assert.Equal("grüße \"quoted\" 😀", Tokens(algorithm, key).Find(token, 1)?.User);
            Assert.Null(other.Find(token, 1));
        }

        _clock.Advance(TimeSpan.FromSeconds(299.9));
        Assert.NotNull(tokens.Find(token, 1));
        Assert.NotNull(Tokens(algorithm, key).Find(token, 1));
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(tokens.Find(token, 1));
        Assert.Null(Tokens(algorithm, key).Find(token, 1));
    }

    [Fact]
    public void The_text_is_the_one_that_etcd_writes()
    {
        var tokens = Tokens("HS256", new HmacJwtKey(s_secret, HashAlgorithmName.SHA256));
        tokens.TryAssign("root", 3, "", 1, out var token);
        var parts = token.Split('.');

        Assert.Equal("""{"alg":"HS256","typ":"JWT"}""", Encoding.UTF8.GetString(JwtText.Decode(parts[0])!));
        Assert.Equal(
            $$"""{"exp":{{Now + 300}},"revision":3,"username":"root"}""",
            Encoding.UTF8.GetString(JwtText.Decode(parts[1])!)
        );
        Assert.Equal(TokensOfEtcd.ByAlgorithm["HS256"].Split('.')[0], parts[0]);
    }

    // RFC 7515, appendix A.1: the example of the standard.
    [Fact]
    public void The_signature_is_the_one_of_the_standards_example()
    {
        var secret = JwtText.Decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")!;
        const string signed =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
            + "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

        var signature = new HmacJwtKey(secret, HashAlgorithmName.SHA256).Sign(Encoding.ASCII.GetBytes(signed));

        Assert.Equal("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", JwtText.Encode(signature));
    }

    // RFC 8037, appendix A.4; Ed25519 gives one signature for each content and key.
    [Fact]
    public void The_EdDSA_signature_is_the_one_of_the_standards_example()
    {
        Ed25519PrivateKeyParameters secret = new(JwtText.Decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")!);
        var signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"u8;
        var key = new Ed25519JwtKey(secret.GeneratePublicKey(), secret);

        var signature = key.Sign(signed);

        Assert.Equal(
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
            JwtText.Encode(signature)
        );
        Assert.True(key.Verify(signed, signature));
        Assert.False(key.Verify(signed, signature.AsSpan(1)));
        Assert.False(key.Verify(signed, [.. signature, 0]));
    }

    [Fact]
    public void With_etcds_EdDSA_key_ours_signs_what_etcd_signs()
    {
        var token = TokensOfEtcd.ByAlgorithm["EdDSA"];
        var end = token.LastIndexOf('.');
        var file = Encoding.ASCII.GetBytes(TokensOfEtcd.Ed25519Private);
        Assert.True(JwtKeys.TryCreate(JwtAlgorithm.Find("EdDSA")!, [], file, out var key, out var problem), problem);

        Assert.Equal(token[(end + 1)..], JwtText.Encode(key.Sign(Encoding.ASCII.GetBytes(token[..end]))));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Every_character_of_a_token_counts(string algorithm)
    {
        var tokens = OfEtcd(algorithm);
        var token = TokensOfEtcd.ByAlgorithm[algorithm];

        // The good one is known already, which must not help the others.
        Assert.NotNull(tokens.Find(token, 3));
        for (var at = 0; at < token.Length; at++)
        {
            var changed = token.ToCharArray();
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            Assert.Null(tokens.Find(new string(changed), 3));
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_token_that_is_cut_or_longer_is_none(string algorithm)
    {
        var tokens = OfEtcd(algorithm);
        var token = TokensOfEtcd.ByAlgorithm[algorithm];
        for (var length = 0; length < token.Length; length++)
        {
            Assert.Null(tokens.Find(token[..length], 3));
        }

        string[] longer = ["=", "==", "A", "AAAA", ".", ".AAAA", " ", "\n", "\0"];
        Assert.All(longer, tail => Assert.Null(tokens.Find(token + tail, 3)));
        Assert.All(longer, head => Assert.Null(tokens.Find(head + token, 3)));
        Assert.Null(tokens.Find("Bearer " + token, 3));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("")]
    [InlineData("rs256")]
    [InlineData("RS512")]
    [InlineData("HS256")]
    public void The_header_cannot_choose_the_algorithm(string name)
    {
        var tokens = Tokens("RS256", new RsaJwtKey(s_rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        tokens.TryAssign("root", 3, "", 1, out var good);
        var parts = good.Split('.');
        var header = JwtText.Encode(Encoding.UTF8.GetBytes($$"""{"alg":"{{name}}","typ":"JWT"}"""));
        var signed = Encoding.ASCII.GetBytes($"{header}.{parts[1]}");

        // Without a signature, with the old one, and with each that someone who knows only the public key could make of it.
        Assert.Null(tokens.Find($"{header}.{parts[1]}.", 3));
        Assert.Null(tokens.Find($"{header}.{parts[1]}.{parts[2]}", 3));
        Assert.Null(tokens.Find($"{header}.{parts[1]}", 3));
        foreach (var secret in new[] { s_rsaPublic, s_rsaPublic + "\n", "" })
        {
            var forged = HMACSHA256.HashData(Encoding.ASCII.GetBytes(secret), signed);
            Assert.Null(tokens.Find($"{header}.{parts[1]}.{JwtText.Encode(forged)}", 3));
        }
    }

    // A key that signs with the right algorithm, but says another: not made for this cluster.
    [Theory]
    [InlineData("""{"alg":"HS512"}""")]
    [InlineData("""{"typ":"JWT"}""")]
    [InlineData("""{"alg":256}""")]
    [InlineData("""{"alg":null}""")]
    [InlineData("""{"alg":["HS256"]}""")]
    [InlineData("""{"alg":"HS256","alg":"none"}""")]
    [InlineData("""{"ALG":"HS256"}""")]
    [InlineData("""["alg","HS256"]""")]
    [InlineData("""{"alg":"HS256" """)]
    [InlineData("\"HS256\"")]
    [InlineData("{\"alg\":\"\\ud800\"}")]
    public void A_signed_header_that_does_not_name_the_algorithm_is_refused(string header) =>
        Assert.Null(FindSigned("""{"username":"root","revision":3}""", header));

    [Theory]
    [InlineData("""{"username":"root","revision":3}""", "root", 3ul)]
    [InlineData("""{"username":"root","revision":3.0,"other":{"a":[1]}}""", "root", 3ul)]
    [InlineData("""{"username":"root","revision":3e2}""", "root", 300ul)]
    [InlineData("""{"username":"root","revision":0,"exp":0,"nbf":0}""", "root", 0ul)]
    [InlineData("""{"username":"root","revision":3,"exp":1e18,"nbf":1e300}""", "root", 3ul)]
    [InlineData("""{"username":"eve","revision":3,"username":"root"}""", "root", 3ul)]
    [InlineData("""{"username":"root","revision":-1}""", "root", ulong.MaxValue)]
    [InlineData("""{"username":"root","revision":18446744073709551616}""", "root", 1ul << 63)]
    [InlineData("""{"username":"root","revision":3,"aud":5,"iss":{},"sub":[],"iat":"then","other":"\ud800"}""", "root", 3ul)]
    [InlineData(
        """{"username":"root","revision":3,"x":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}""",
        "root",
        3ul
    )]
    [InlineData("""{"username":"root","revision":3,"iat":9999999999}""", "root", 3ul)]
    [InlineData("""{"username":"root","revision":3,"exp":4000000000.5,"nbf":1.5}""", "root", 3ul)]
    public void Signed_claims_that_etcd_takes_are_taken(string claims, string user, ulong revision) =>
        Assert.Equal(new Caller(user, revision), FindSigned(claims));

    [Theory]
    [InlineData("""{"revision":3}""")]
    [InlineData("""{"username":"root"}""")]
    [InlineData("""{"username":7,"revision":3}""")]
    [InlineData("""{"username":null,"revision":3}""")]
    [InlineData("""{"username":"","revision":3}""")]
    [InlineData("""{"Username":"root","revision":3}""")]
    [InlineData("""{"username":"root","revision":"3"}""")]
    [InlineData("""{"username":"root","revision":1e400}""")]
    [InlineData("""{"username":"root","revision":3,"exp":"4000000000"}""")]
    [InlineData("""{"username":"root","revision":3,"exp":null}""")]
    [InlineData("""{"username":"root","revision":3,"exp":1e400}""")]
    [InlineData("""{"username":"root","revision":3,"exp":1}""")]
    [InlineData("""{"username":"root","revision":3,"exp":-1e300}""")]
    [InlineData("""{"username":"root","revision":3,"exp":1e300}""")]
    [InlineData("""{"username":"root","revision":3,"nbf":4000000000}""")]
    [InlineData("""{"username":"root","revision":3,"nbf":"1"}""")]
    [InlineData("""{"username":"root","revision":3}x""")]
    [InlineData("""[{"username":"root","revision":3}]""")]
    [InlineData("{\"username\":\"\\ud800\",\"revision\":3}")]
    [InlineData("")]
    [InlineData("null")]
    public void Signed_claims_that_lack_something_are_refused(string claims) => Assert.Null(FindSigned(claims));

    [Fact]
    public void Claims_that_are_no_Unicode_are_refused()
    {
        var claims = Encoding.Latin1.GetBytes("{\"username\":\"ro\u00FFot\",\"revision\":3}");

        Assert.Null(FindSigned(claims, """{"alg":"HS256"}"""));
    }

    [Fact]
    public void A_token_holds_from_its_beginning_to_before_its_end()
    {
        var from = Now + 10;
        var claims = $$"""{"username":"root","revision":3,"nbf":{{from}},"exp":{{from + 5}}}""";

        _clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Null(FindSigned(claims));
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.NotNull(FindSigned(claims));
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.NotNull(FindSigned(claims));
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(FindSigned(claims));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS512")]
    [InlineData("ES384")]
    [InlineData("EdDSA")]
    public void A_public_key_alone_checks_and_gives_none(string algorithm)
    {
        var tokens = OfEtcd(algorithm);

        Assert.False(tokens.TryAssign("root", 3, "", 1, out var token));
        Assert.Equal("", token);
        Assert.NotNull(tokens.Find(TokensOfEtcd.ByAlgorithm[algorithm], 3));
    }

    [Fact]
    public void More_tokens_than_are_remembered_are_all_good()
    {
        var tokens = Tokens("HS256", new HmacJwtKey(s_secret, HashAlgorithmName.SHA256));
        for (var user = 0; user < JwtTokens.VerifiedMax + 50; user++)
        {
            tokens.TryAssign($"user{user}", 3, "", 1, out var token);
            Assert.Equal($"user{user}", tokens.Find(token, 3)?.User);
            Assert.Equal($"user{user}", tokens.Find(token, 3)?.User);
        }
    }

    [Fact]
    public void Turning_authentication_off_and_on_leaves_signed_tokens_good()
    {
        var tokens = Tokens("HS256", new HmacJwtKey(s_secret, HashAlgorithmName.SHA256));
        tokens.TryAssign("root", 3, "", 1, out var token);
        tokens.Disable();
        tokens.Enable();
        tokens.Forget("root");

        Assert.NotNull(tokens.Find(token, 3));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(".", null)]
    [InlineData("..", null)]
    [InlineData("a.b", null)]
    [InlineData("a..c", null)]
    [InlineData(".b.c", null)]
    [InlineData("a.b.", null)]
    [InlineData("a.b.c", 0ul)]
    [InlineData("a.b.c.d", null)]
    public void Three_parts_make_a_token_that_waits_for_nothing(string token, ulong? index) =>
        Assert.Equal(index, OfEtcd("HS256").AppliedIndexFor(token));

    [Fact]
    public void A_token_longer_than_headers_may_be_is_none()
    {
        var token = "a.b." + new string('c', JwtTokens.TokenCharactersMax);

        Assert.Null(OfEtcd("HS256").AppliedIndexFor(token));
        Assert.Null(OfEtcd("HS256").Find(token, 3));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Garbage_is_no_token(string algorithm)
    {
        var random = new SeededRandom(5);
        var tokens = OfEtcd(algorithm);
        var good = TokensOfEtcd.ByAlgorithm[algorithm];
        const string alphabet = "ABCabc019-_.=+/ \n\0é{}\":";
        for (var round = 0; round < 3000; round++)
        {
            var text = good.ToCharArray().ToList();
            for (var change = random.Next(4); change >= 0; change--)
            {
                var at = random.Next(text.Count);
                switch (random.Next(3))
                {
                    case 0:
                        text[at] = alphabet[random.Next(alphabet.Length)];
                        break;
                    case 1:
                        text.RemoveRange(at, Math.Min(text.Count - at - 1, random.Next(20)));
                        break;
                    default:
                        text.Insert(at, alphabet[random.Next(alphabet.Length)]);
                        break;
                }
            }

            var changed = new string([.. text]);
            tokens.AppliedIndexFor(changed);
            Assert.True(tokens.Find(changed, 3) is null || changed == good, changed);
        }
    }

    [Fact]
    public void Any_signed_bytes_are_an_answer()
    {
        var random = new SeededRandom(6);
        var good = Encoding.UTF8.GetBytes("""{"exp":4000000000,"nbf":1,"revision":3,"username":"r\u00e4t"}""");
        for (var round = 0; round < 5000; round++)
        {
            var claims = good.ToArray();
            var header = Encoding.UTF8.GetBytes("""{"alg":"HS256","typ":"JWT"}""");
            for (var change = random.Next(3); change >= 0; change--)
            {
                claims[random.Next(claims.Length)] = (byte)random.Next(256);
                header[random.Next(header.Length)] = (byte)random.Next(256);
            }

            FindSigned(claims, """{"alg":"HS256"}""");
            JwtClaims.AlgorithmOf(header);
        }
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("EdDSA")]
    public void Threads_share_a_key(string algorithm)
    {
        var tokens = Tokens(algorithm, NewKey(algorithm));
        Parallel.For(
            0,
            400,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            user =>
            {
                Assert.True(tokens.TryAssign($"user{user}", 3, "", 1, out var token));
                Assert.Equal($"user{user}", tokens.Find(token, 3)?.User);
            }
        );
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("AQ", "01")]
    [InlineData("AQI", "0102")]
    [InlineData("AQID", "010203")]
    [InlineData("-_-_", "FBFFBF")]
    [InlineData("A", null)]
    [InlineData("AR", null)]
    [InlineData("AQJ", null)]
    [InlineData("AQ==", null)]
    [InlineData("AQI=", null)]
    [InlineData("AQ I", null)]
    [InlineData("AQ\nID", null)]
    [InlineData("+/+/", null)]
    [InlineData("é", null)]
    public void Each_content_has_one_text(string text, string? bytes) =>
        Assert.Equal(bytes, JwtText.Decode(text) is { } decoded ? Convert.ToHexString(decoded) : null);

    private static RSAParameters NewRsa()
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportParameters(includePrivateParameters: true);
    }

    private static string PublicPem(RSAParameters parameters)
    {
        using var rsa = RSA.Create(parameters);
        return rsa.ExportSubjectPublicKeyInfoPem();
    }

    private static JwtKey NewKey(string name)
    {
        var algorithm = JwtAlgorithm.Find(name)!;
        if (algorithm.Family == JwtFamily.Hmac)
        {
            return new HmacJwtKey(RandomNumberGenerator.GetBytes(40), algorithm.Hash);
        }

        var curve =
            algorithm.HashBytes == 32 ? ECCurve.NamedCurves.nistP256
            : algorithm.HashBytes == 48 ? ECCurve.NamedCurves.nistP384
            : ECCurve.NamedCurves.nistP521;
        using var ecdsa = ECDsa.Create(curve);
        return algorithm.Family switch
        {
            JwtFamily.Rsa => new RsaJwtKey(NewRsa(), algorithm.Hash, RSASignaturePadding.Pkcs1),
            JwtFamily.RsaPss => new RsaJwtKey(NewRsa(), algorithm.Hash, RSASignaturePadding.Pss),
            JwtFamily.Ed25519 => NewEd25519(),
            _ => new EcdsaJwtKey(ecdsa.ExportParameters(includePrivateParameters: true), algorithm.Hash),
        };
    }

    private static Ed25519JwtKey NewEd25519()
    {
        Ed25519PrivateKeyParameters key = new(RandomNumberGenerator.GetBytes(Ed25519PrivateKeyParameters.KeySize));
        return new Ed25519JwtKey(key.GeneratePublicKey(), key);
    }

    private Caller? FindSigned(string claims, string header = """{"alg":"HS256"}""") =>
        FindSigned(Encoding.UTF8.GetBytes(claims), header);

    private Caller? FindSigned(byte[] claims, string header)
    {
        HmacJwtKey key = new(s_secret, HashAlgorithmName.SHA256);
        var signed = $"{JwtText.Encode(Encoding.UTF8.GetBytes(header))}.{JwtText.Encode(claims)}";
        return Tokens("HS256", key).Find($"{signed}.{JwtText.Encode(key.Sign(Encoding.ASCII.GetBytes(signed)))}", 3);
    }

    private JwtTokens Tokens(string algorithm, JwtKey key) =>
        new(new JwtOptions(JwtAlgorithm.Find(algorithm)!, key, JwtOptions.DefaultTimeToLive), _clock);

    private JwtTokens OfEtcd(string name)
    {
        var algorithm = JwtAlgorithm.Find(name)!;
        var file = Encoding.ASCII.GetBytes(TokensOfEtcd.KeyFor(name));
        var isSecret = algorithm.Family == JwtFamily.Hmac;
        Assert.True(
            JwtKeys.TryCreate(algorithm, isSecret ? [] : file, isSecret ? file : [], out var key, out var problem),
            problem
        );
        return Tokens(name, key);
    }
}
