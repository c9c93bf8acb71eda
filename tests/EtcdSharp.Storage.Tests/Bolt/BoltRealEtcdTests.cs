using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Tests.Bolt;

/// <summary>A database written by the real etcd opens here, and one changed here opens there.</summary>
[Collection(nameof(StartsProcesses))]
public sealed partial class BoltRealEtcdTests
{
    private const int Keys = 300;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_database_goes_from_real_etcd_to_here_and_back(bool syncFreelist)
    {
        string? programs = FindPrograms();
        if (programs is null)
        {
            Assert.Skip("the real etcd is not there: run scripts/fetch-real-etcd or set ETCDSHARP_REAL_ETCD");
        }

        string scratch = Directory.CreateTempSubdirectory("etcdsharp-bolt-").FullName;
        try
        {
            string data = Path.Combine(scratch, "data");
            await RunEtcd(
                programs,
                data,
                async endpoint =>
                {
                    using var http = new HttpClient();
                    for (int i = 0; i < Keys; i++)
                    {
                        string body = $$"""{"key":"{{Base64($"key{i % 100:d3}")}}","value":"{{Base64(new string('v', i))}}"}""";
                        using HttpResponseMessage answer = await http.PostAsync(
                            new Uri(endpoint + "/v3/kv/put"),
                            new StringContent(body)
                        );
                        answer.EnsureSuccessStatusCode();
                    }
                }
            );
            string db = Path.Combine(data, "member", "snap", "db");
            string before = await Run(programs, "etcdutl", "snapshot", "status", db);
            CheckAndRewrite(db, syncFreelist);
            Assert.Equal(HashAndRevision(before), HashAndRevision(await Run(programs, "etcdutl", "snapshot", "status", db)));
            await RunEtcd(
                programs,
                data,
                async endpoint =>
                {
                    Assert.Contains(
                        new string('v', Keys - 1),
                        await Run(programs, "etcdctl", "--endpoints", endpoint, "get", "key099"),
                        StringComparison.Ordinal
                    );
                    await Run(programs, "etcdctl", "--endpoints", endpoint, "put", "after", "ours");
                }
            );
            using BoltFile again = BoltFile.Open(SystemDisk.Instance, db, new BoltOptions());
            Assert.Empty(again.Check());
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>Reads what real etcd wrote, then moves every page by compacting it into a file of our own.</summary>
    private static void CheckAndRewrite(string db, bool syncFreelist)
    {
        using (BoltFile file = BoltFile.Open(SystemDisk.Instance, db, new BoltOptions()))
        {
            Assert.Empty(file.Check());
            using BoltReadTransaction read = file.BeginRead();
            BoltBucket keys = read.Bucket("key"u8)!;
            BoltCursor cursor = keys.Cursor();
            long revision = 1;
            for (bool found = cursor.SeekFirst(); found; found = cursor.Next())
            {
                Assert.Equal(++revision, BinaryPrimitives.ReadInt64BigEndian(cursor.Key));
            }

            Assert.Equal(Keys + 1, revision);
            using BoltFile target = BoltFile.Open(
                SystemDisk.Instance,
                db + ".ours",
                new BoltOptions { SyncFreelist = syncFreelist }
            );
            read.CompactInto(target, keysPerCommit: 100);

            // Change and change back, so that pages of ours replace each other too.
            for (int round = 0; round < 20; round++)
            {
                using BoltWriteTransaction transaction = target.BeginWrite();
                BoltWriteBucket bucket = transaction.Bucket("key"u8)!;
                byte[] key = new byte[17];
                BinaryPrimitives.WriteInt64BigEndian(key, 1000 + (round / 2));
                key[8] = (byte)'_';
                if (round % 2 == 0)
                {
                    bucket.Put(key, new byte[6000]);
                }
                else
                {
                    Assert.True(bucket.Delete(key));
                }

                transaction.Commit();
            }

            Assert.Empty(target.Check());
        }

        File.Move(db + ".ours", db, overwrite: true);
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private static string HashAndRevision(string status)
    {
        Match match = StatusLine().Match(status);
        Assert.True(match.Success, status);
        return match.Value;
    }

    [GeneratedRegex(
        "^[0-9a-f]+, [0-9]+, [0-9]+",
        RegexOptions.Multiline | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex StatusLine();

    private static string? FindPrograms()
    {
        string? named = Environment.GetEnvironmentVariable("ETCDSHARP_REAL_ETCD");
        if (named is not null)
        {
            return named;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "artifacts", "real-etcd", "usr", "bin");
            if (File.Exists(Path.Combine(candidate, "etcd")))
            {
                return candidate;
            }
        }

        return null;
    }

    private static async Task RunEtcd(string programs, string data, Func<string, Task> use)
    {
        (int client, int peer) = FreePorts();
        string endpoint = $"http://127.0.0.1:{client}";
        string peerUrl = $"http://127.0.0.1:{peer}";
        string[] arguments =
        [
            "--name",
            "real",
            "--data-dir",
            data,
            "--logger",
            "zap",
            "--log-outputs",
            "/dev/null",
            "--listen-client-urls",
            endpoint,
            "--advertise-client-urls",
            endpoint,
            "--listen-peer-urls",
            peerUrl,
            "--initial-advertise-peer-urls",
            peerUrl,
            "--initial-cluster",
            $"real={peerUrl}",
        ];
        using Process etcd = Process.Start(new ProcessStartInfo(Path.Combine(programs, "etcd"), arguments))!;
        try
        {
            await Ready(endpoint, etcd);
            await use(endpoint);
        }
        finally
        {
            using (Process stop = Process.Start("kill", etcd.Id.ToString(CultureInfo.InvariantCulture)))
            {
                await stop.WaitForExitAsync();
            }

            await etcd.WaitForExitAsync();
        }
    }

    private static async Task Ready(string endpoint, Process etcd)
    {
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            Assert.False(etcd.HasExited, "etcd has stopped");
            try
            {
                string health = await http.GetStringAsync(new Uri(endpoint + "/health"), limit.Token);
                if (health.Contains("\"true\"", StringComparison.Ordinal))
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
                await Task.Delay(50, limit.Token);
            }
        }
    }

    private static async Task<string> Run(string programs, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(programs, program), arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await errors}");
        return output;
    }

    private static (int First, int Second) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
