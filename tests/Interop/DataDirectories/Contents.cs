namespace EtcdSharp.Interop.DataDirectories;

/// <summary>What a server says it holds, to be compared with what another one says of the same files.</summary>
internal sealed record Contents
{
    private const int Page = 10_000;
    private const int HashedRevisions = 4;

    public required long Revision { get; init; }

    public required long Count { get; init; }

    /// <summary>Hashes at several revisions, up to the newest.</summary>
    private IReadOnlyList<(long Revision, HashKVResponse Answer)> Hashes { get; init; } = [];

    /// <summary>Keys, values, revisions, versions and leases, folded.</summary>
    private int Live { get; init; }

    private IReadOnlyList<string> Leases { get; init; } = [];

    private IReadOnlyList<string> Alarms { get; init; } = [];

    private IReadOnlyList<string> Members { get; init; } = [];

    private IReadOnlyList<string> Users { get; init; } = [];

    public static async Task<Contents> ReadAsync(EtcdEndpoint etcd)
    {
        var (count, revision, live) = await FoldKeysAsync(etcd);
        var hashes = new List<(long Revision, HashKVResponse Answer)>();
        for (var back = 0; back < HashedRevisions; back++)
        {
            var at = revision - (back * 3);
            hashes.Add((at, await etcd.HashKV(at)));
        }

        return new Contents
        {
            Revision = revision,
            Count = count,
            Live = live,
            Hashes = hashes,
            Leases = await DescribeLeasesAsync(etcd),
            Alarms =
            [
                .. (await etcd.Alarm(new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Get })).Alarms.Select(a =>
                    a.ToString()
                ),
            ],
            Users = await new Users(etcd).DescribeAsync(),
            Members = [.. (await etcd.MemberList()).Members.Select(m => $"{m.ID:x} {m.Name} {m.IsLearner}")],
        };
    }

    public async Task AssertFoundByAsync(EtcdEndpoint other)
    {
        await AssertKeysFoundByAsync(other);
        var again = await ReadAsync(other);
        Assert.Equal(Leases, again.Leases);
        Assert.Equal(Alarms, again.Alarms);
        Assert.Equal(Members, again.Members);
        Assert.Equal(Users, again.Users);
    }

    /// <summary>The keys with their history, but not who the members are.</summary>
    public async Task AssertKeysFoundByAsync(EtcdEndpoint other)
    {
        foreach (var (at, hash) in Hashes)
        {
            var found = await other.HashKV(at);
            Assert.Equal((at, hash.CompactRevision, hash.Hash), (at, found.CompactRevision, found.Hash));
        }

        var (count, revision, live) = await FoldKeysAsync(other);
        Assert.Equal((Count, Revision, Live), (count, revision, live));
    }

    private static async Task<(long Count, long Revision, int Live)> FoldKeysAsync(EtcdEndpoint etcd)
    {
        var fold = new HashCode();
        var from = ByteString.CopyFrom(0);
        long revision = 0;
        long count = 0;
        while (true)
        {
            var page = await etcd.Range(
                new RangeRequest
                {
                    Key = from,
                    RangeEnd = ByteString.CopyFrom(0),
                    Limit = Page,
                    Revision = revision,
                }
            );
            revision = page.Header.Revision;
            foreach (var kv in page.Kvs)
            {
                fold.AddBytes(kv.ToByteArray());
            }

            count += page.Kvs.Count;
            if (!page.More)
            {
                return (count, revision, fold.ToHashCode());
            }

            from = ByteString.CopyFrom([.. page.Kvs[^1].Key, 0]);
        }
    }

    private static async Task<IReadOnlyList<string>> DescribeLeasesAsync(EtcdEndpoint etcd)
    {
        var leases = new List<string>();
        foreach (var lease in (await etcd.LeaseLeases()).Leases.OrderBy(lease => lease.ID))
        {
            var answer = await etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = lease.ID, Keys = true });
            var keys = string.Join(',', answer.Keys.Select(key => key.ToStringUtf8()).Order(StringComparer.Ordinal));
            leases.Add($"{lease.ID} {answer.GrantedTTL} {keys}");
        }

        return leases;
    }
}
