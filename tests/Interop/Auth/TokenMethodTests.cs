using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EtcdSharp.Interop.DataDirectories;

namespace EtcdSharp.Interop.Auth;

/// <summary>
/// A signed token that one server gave is taken by the other, by each method that etcd 3.5 has. Each pair of keys is in other
/// forms of file.
/// </summary>
public sealed class TokenMethodTests : IDisposable
{
    private readonly ScratchDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    [InlineData("PS512")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    public async Task A_token_of_one_is_taken_by_the_other(string method)
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var authToken = $"jwt,sign-method={method},ttl=10m,{KeyFiles(method)}";
        await using var real = await TokenServers.StartAsync(ServerKind.Real, authToken);
        await using var ours = await TokenServers.StartAsync(ServerKind.Ours, authToken);

        var ofReal = await LogInAsync(real);
        var ofOurs = await LogInAsync(ours);

        Assert.Equal("OK", await TokenServers.AskAsync(ours, ofReal));
        Assert.Equal("OK", await TokenServers.AskAsync(real, ofOurs));

        // In the middle of the claims: another user's, but not signed.
        foreach (var token in new[] { ofReal, ofOurs })
        {
            var at = (token.IndexOf('.') + token.LastIndexOf('.')) / 2;
            var forged = $"{token[..at]}{(token[at] == 'A' ? 'B' : 'A')}{token[(at + 1)..]}";
            Assert.Equal("etcdserver: invalid auth token", await TokenServers.AskAsync(ours, forged));
            Assert.Equal("etcdserver: invalid auth token", await TokenServers.AskAsync(real, forged));
        }
    }

    private static async Task<string> LogInAsync(EtcdServer server)
    {
        using var alice = await new Users(server.Endpoint).LogInAsync("alice", TokenServers.Password);
        return alice.Metadata!["token"];
    }

    private string KeyFiles(string method)
    {
        switch (method[..2])
        {
            case "HS":
                // Shorter than any hash, of any bytes, and with a line end, as a text editor leaves it: all of it counts.
                return $"priv-key={Write("secret", [.. RandomNumberGenerator.GetBytes(9), (byte)'\n'])}";
            case "ES":
                var curve =
                    method == "ES256" ? ECCurve.NamedCurves.nistP256
                    : method == "ES384" ? ECCurve.NamedCurves.nistP384
                    : ECCurve.NamedCurves.nistP521;
                using (var ecdsa = ECDsa.Create(curve))
                {
                    var request = new CertificateRequest("CN=tokens", ecdsa, HashAlgorithmName.SHA256);
                    return Pair(
                        method == "ES256" ? ecdsa.ExportECPrivateKeyPem() : ecdsa.ExportPkcs8PrivateKeyPem(),
                        method == "ES384" ? Certificate(request) : ecdsa.ExportSubjectPublicKeyInfoPem()
                    );
                }
            default:
                using (var rsa = RSA.Create(method.EndsWith("256", StringComparison.Ordinal) ? 1024 : 2048))
                {
                    var request = new CertificateRequest("CN=tokens", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                    return Pair(
                        method[0] == 'R' ? rsa.ExportRSAPrivateKeyPem() : rsa.ExportPkcs8PrivateKeyPem(),
                        method.EndsWith("384", StringComparison.Ordinal)
                            ? Certificate(request)
                            : rsa.ExportSubjectPublicKeyInfoPem()
                    );
                }
        }
    }

    private static string Certificate(CertificateRequest request)
    {
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return certificate.ExportCertificatePem();
    }

    private string Pair(string privateKey, string publicKey) =>
        $"priv-key={Write("private.pem", Encode(privateKey))},pub-key={Write("public.pem", Encode(publicKey))}";

    private static byte[] Encode(string text) => System.Text.Encoding.ASCII.GetBytes(text + "\n");

    private string Write(string name, byte[] content)
    {
        var path = _folder.File(name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
