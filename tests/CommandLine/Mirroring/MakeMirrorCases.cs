using EtcdSharp.CommandLine.Tests.Concurrency;
using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Mirroring;

/// <summary><c>etcdctl make-mirror</c> from a member of ours to one of real etcd.</summary>
public sealed class MakeMirrorCases(SharedMember ours, RealMember real)
{
    [Theory]
    [InlineData("make-mirror")]
    [InlineData("make-mirror a b")]
    [InlineData("make-mirror --prefix a --dest-prefix b --no-dest-prefix {at}")]
    [InlineData("make-mirror --dest-cert /none/c --dest-key /none/k {at}")]
    public async Task SameAsEtcd(string line) => await (await ours.EtcdctlAsync()).SameAsync([line]);

    /// <summary>Both programs copy what is there and then every change, under the names that the options say.</summary>
    [Theory]
    [InlineData("--prefix {p}", "{p}")]
    [InlineData("--prefix {p} --dest-prefix other-{p}", "other-{p}")]
    [InlineData("--prefix {p} --no-dest-prefix", "root-")]
    [InlineData("--prefix {p} --dest-prefix few-{p} --max-txn-ops 2", "few-{p}")]
    public async Task CopiesWhatIsThereAndWhatComes(string options, string becomes)
    {
        var source = (await ours.EtcdctlAsync()).Member;
        var destination = (await real.EtcdctlAsync()).Member;
        // 3.5 has no --max-txn-ops.
        foreach (var byReal in options.Contains("--max-txn-ops", StringComparison.Ordinal) ? (bool[])[false] : [true, false])
        {
            var prefix = $"mirror-{Guid.NewGuid():n}/";
            var root = options.Contains("--no-dest-prefix", StringComparison.Ordinal) ? $"root-{prefix}" : "";
            await PutAsync(source, $"{prefix}{root}a", "1");
            await PutAsync(source, $"{prefix}{root}gone", "1");
            var line = $"make-mirror {options.Replace("{p}", prefix, StringComparison.Ordinal)} {destination.Address.Authority}";
            using var mirror = LockCases.Start(byReal, line, source);
            var seen = root.Length > 0 ? root : becomes.Replace("{p}", prefix, StringComparison.Ordinal);
            await LockCases.WaitUntilAsync(async () => await ReadAsync(destination, seen) == "a=1 gone=1");

            await PutAsync(source, $"{prefix}{root}b", "2");
            await source.DeleteRange(new DeleteRangeRequest { Key = ByteString.CopyFromUtf8($"{prefix}{root}gone") });
            var txn = new TxnRequest();
            for (var i = 0; i < 5; i++)
            {
                var put = new PutRequest
                {
                    Key = ByteString.CopyFromUtf8($"{prefix}{root}t{i}"),
                    Value = ByteString.CopyFromUtf8("3"),
                };
                txn.Success.Add(new RequestOp { RequestPut = put });
            }

            await source.Txn(txn);
            await LockCases.WaitUntilAsync(async () => await ReadAsync(destination, seen) == "a=1 b=2 t0=3 t1=3 t2=3 t3=3 t4=3");
            Assert.False(mirror.HasEnded);
        }
    }

    /// <summary>From a revision on, only changes are copied.</summary>
    [Fact]
    public async Task FromARevision()
    {
        var source = (await ours.EtcdctlAsync()).Member;
        var destination = (await real.EtcdctlAsync()).Member;
        await PutAsync(source, "mirror-rev/old", "1");
        var revision = await PutAsync(source, "mirror-rev/new", "2");
        var line = $"make-mirror --prefix mirror-rev/ --dest-prefix mirror-rev/ --rev {revision} {destination.Address.Authority}";
        using var mirror = LockCases.Start(real: false, line, source);
        await LockCases.WaitUntilAsync(async () => await ReadAsync(destination, "mirror-rev/") == "new=2");
    }

    private static async Task<long> PutAsync(EtcdEndpoint etcd, string key, string value) =>
        (await etcd.Put(new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) }))
            .Header
            .Revision;

    private static async Task<string> ReadAsync(EtcdEndpoint etcd, string prefix)
    {
        var end = prefix[..^1] + (char)(prefix[^1] + 1);
        var all = await etcd.Range(
            new RangeRequest { Key = ByteString.CopyFromUtf8(prefix), RangeEnd = ByteString.CopyFromUtf8(end) }
        );
        return string.Join(
            ' ',
            all.Kvs.Select(pair => $"{pair.Key.ToStringUtf8()[prefix.Length..]}={pair.Value.ToStringUtf8()}")
        );
    }
}
