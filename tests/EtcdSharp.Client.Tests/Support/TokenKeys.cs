using System.Security.Cryptography;

namespace EtcdSharp.Client.Tests.Support;

/// <summary>Keys that a server signs its tokens with.</summary>
internal sealed class TokenKeys : IDisposable
{
    private const int KeyBits = 2048;

    private readonly string folder = Directory.CreateTempSubdirectory("etcdsharp-client-test-").FullName;

    public TokenKeys()
    {
        using var key = RSA.Create(KeyBits);
        File.WriteAllText(PublicFile, key.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(PrivateFile, key.ExportRSAPrivateKeyPem());
    }

    public string PublicFile => Path.Combine(folder, "public.pem");

    public string PrivateFile => Path.Combine(folder, "private.pem");

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
