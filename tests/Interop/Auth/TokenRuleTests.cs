using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EtcdSharp.Interop.DataDirectories;

namespace EtcdSharp.Interop.Auth;

/// <summary>
/// Tokens that are signed well and say odd things, as an issuer of one's own may: etcd and ours take and refuse the same.
/// </summary>
public sealed class TokenRuleTests(ITestOutputHelper output)
{
    private const string Header = """{"alg":"HS256","typ":"JWT"}""";
    private const string Far = "4000000000";

    private static readonly byte[] s_secret = RandomNumberGenerator.GetBytes(9);

    /// <summary>What stands behind alice's name and the revision.</summary>
    private static readonly string[] s_moreClaims =
    [
        "",
        $",\"exp\":{Far}",
        $",\"exp\":{Far}.5",
        ",\"exp\":4e9",
        ",\"exp\":0",
        ",\"exp\":1",
        ",\"exp\":-1",
        $",\"exp\":\"{Far}\"",
        ",\"exp\":null",
        ",\"exp\":true",
        $",\"exp\":[{Far}]",
        ",\"exp\":1e18",
        ",\"exp\":253402300800",
        ",\"exp\":9223371974719178000",
        ",\"exp\":9223371974719182000",
        ",\"exp\":9223372036854775807",
        ",\"exp\":9223372036854775808",
        ",\"exp\":1e300",
        ",\"exp\":1e400",
        ",\"exp\":-1e300",
        ",\"nbf\":0",
        ",\"nbf\":1",
        ",\"nbf\":1.5",
        ",\"nbf\":\"1\"",
        ",\"nbf\":null",
        $",\"nbf\":{Far}",
        ",\"nbf\":1e300",
        ",\"nbf\":-1e300",
        ",\"nbf\":10,\"exp\":0",
        $",\"exp\":1,\"exp\":{Far}",
        $",\"exp\":{Far},\"exp\":1",
        ",\"iat\":1",
        ",\"iat\":1.25",
        ",\"aud\":\"etcd\"",
        ",\"aud\":5",
        ",\"aud\":[\"a\",5]",
        ",\"aud\":{}",
        ",\"iss\":5",
        ",\"iss\":{}",
        ",\"sub\":{}",
        ",\"jti\":5",
        ",\"azp\":5",
        ",\"other\":{\"a\":[1,{}]}",
        ",\"other\":\"\\ud800\"",
        ",\"other\":" + new string('[', 70) + new string(']', 70),
        ",\"username\":\"eve\"",
        ",",
    ];

    /// <summary>All claims; %r is the revision.</summary>
    private static readonly string[] s_claims =
    [
        """{"username":"alice","revision":%r.0}""",
        """{"username":"alice","revision":%re0}""",
        """{"username":"alice","revision":%r.7}""",
        """{"username":"alice","revision":"%r"}""",
        """{"username":"alice","revision":null}""",
        """{"username":"alice","revision":-1}""",
        """{"username":"alice","revision":18446744073709551616}""",
        """{"username":"alice","revision":1e400}""",
        """{"username":"alice"}""",
        """{"revision":%r}""",
        """{"username":7,"revision":%r}""",
        """{"username":null,"revision":%r}""",
        """{"username":["alice"],"revision":%r}""",
        """{"username":"","revision":%r}""",
        """{"username":"\ud800","revision":%r}""",
        """{"Username":"alice","revision":%r}""",
        """{"username":"eve","username":"alice","revision":%r}""",
        """{"username":"alice","username":"eve","revision":%r}""",
        """{"\u0075sername":"alice","revision":%r}""",
        """ {"username" : "alice", "revision" : %r } """,
        """[{"username":"alice","revision":%r}]""",
        """/**/{"username":"alice","revision":%r}""",
        "\uFEFF{\"username\":\"alice\",\"revision\":%r}",
        "null",
        "",
    ];

    private static readonly string[] s_headers =
    [
        """{"alg":"HS256"}""",
        """ {"alg" : "HS256"} """,
        """{"alg":"HS256","typ":5}""",
        """{"alg":"HS256","typ":null}""",
        """{"alg":"HS256","typ":"at+jwt"}""",
        """{"alg":"HS256","kid":"k"}""",
        """{"alg":"HS256","kid":5}""",
        """{"alg":"HS256","cty":5}""",
        """{"alg":"HS256","x5t":5}""",
        """{"alg":"HS256","crit":["x"],"x":1}""",
        """{"alg":"HS256","b64":false,"crit":["b64"]}""",
        """{"alg":"HS256","zip":"DEF"}""",
        """{"alg":"HS256","alg":"HS256"}""",
        """{"alg":"none","alg":"HS256"}""",
        """{"alg":"HS256","alg":"none"}""",
        """{"alg":"HS512"}""",
        """{"alg":"hs256"}""",
        """{"ALG":"HS256"}""",
        """{"typ":"JWT"}""",
        """{"alg":256}""",
        """{"alg":null}""",
        """{"alg":"none"}""",
        """["alg","HS256"]""",
        "\"HS256\"",
        """{"alg":"HS256"}x""",
        "null",
    ];

    /// <summary>
    /// Where etcd 3.7 is not as 3.5: a newer library of tokens does not look at iat, and lets nothing follow the claims.
    /// </summary>
    private static readonly string[] s_otherInNewerReleases =
    [
        $$"""{"username":"alice","revision":%r,"iat":{{Far}}}""",
        """{"username":"alice","revision":%r,"iat":"1"}""",
        """{"username":"alice","revision":%r,"iat":null}""",
        """{"username":"alice","revision":%r}x""",
        """{"username":"alice","revision":%r}{}""",
    ];

    [Fact]
    public async Task What_etcd_takes_is_taken_and_what_it_refuses_is_refused()
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        using var folder = new ScratchDirectory();
        var secret = folder.File("secret");
        await File.WriteAllBytesAsync(secret, s_secret, TestContext.Current.CancellationToken);
        var authToken = $"jwt,sign-method=HS256,priv-key={secret}";
        await using var real = await TokenServers.StartAsync(ServerKind.Real, authToken);
        await using var ours = await TokenServers.StartAsync(ServerKind.Ours, authToken);
        using var root = await new Users(real.Endpoint).LogInAsync("root", "root's");
        var revision = (await new Users(root).StatusAsync()).AuthRevision.ToString(CultureInfo.InvariantCulture);

        List<string> wrong = [];
        var taken = 0;
        foreach (var (name, token, isOther) in Cases(revision))
        {
            var ofReal = await TokenServers.AskAsync(real, token);
            var ofOurs = await TokenServers.AskAsync(ours, token);
            output.WriteLine($"{name}: {ofReal}; ours {ofOurs}");
            taken += ofReal == "OK" ? 1 : 0;
            if ((ofReal == "OK") == (ofOurs == "OK") == isOther)
            {
                wrong.Add($"{name}: etcd says {ofReal}, ours {ofOurs}");
            }
        }

        Assert.Empty(wrong);
        Assert.InRange(taken, 40, 80);
    }

    private static IEnumerable<(string Name, string Token, bool IsOther)> Cases(string revision)
    {
        var usual = $"\"username\":\"alice\",\"revision\":{revision}";
        foreach (var more in s_moreClaims)
        {
            var claims = $"{{{usual}{more}}}";
            yield return ($"claims {claims}", Sign(Header, claims), false);
        }

        foreach (var claims in s_claims)
        {
            yield return ($"claims {claims}", Sign(Header, WithRevision(claims)), false);
        }

        foreach (var header in s_headers)
        {
            yield return ($"header {header}", Sign(header, $"{{{usual}}}"), false);
        }

        foreach (var claims in s_otherInNewerReleases)
        {
            yield return ($"claims {claims}", Sign(Header, WithRevision(claims)), true);
        }

        var good = Sign(Header, $"{{{usual}}}");
        yield return ("padded", good + "=", false);
        yield return ("bearer", "bearer " + good, false);

        // Release 3.6 passes over the word.
        yield return ("Bearer", "Bearer " + good, true);
        yield return ("four parts", good + ".AAAA", false);
        yield return ("five parts", good + ".AAAA.AAAA", false);
        yield return ("without its signature", good[..(good.LastIndexOf('.') + 1)], false);
        yield return ("two parts", good[..good.LastIndexOf('.')], false);
        yield return ("cut", good[..^2], false);
        yield return ("no token", "a.b.c", false);

        string WithRevision(string claims) => claims.Replace("%r", revision, StringComparison.Ordinal);
    }

    private static string Sign(string header, string claims)
    {
        var signed = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Encode(HMACSHA256.HashData(s_secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
