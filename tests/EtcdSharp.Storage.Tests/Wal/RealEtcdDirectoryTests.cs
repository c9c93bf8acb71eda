using EtcdSharp.Api;
using EtcdSharp.Harness;
using EtcdSharp.Platform;
using EtcdSharp.Raft;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Snap.V2;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Storage.Wal;

/// <summary>Directories that real etcd wrote are read here, and those written on here are opened by real etcd.</summary>
[Collection(nameof(StartsProcesses))]
public sealed class RealEtcdDirectoryTests : IDisposable
{
    private const int Puts = 60;

    /// <summary>Having stopped in good order, etcd ends itself by the signal that it was sent.</summary>
    private const int EndedByTerminate = 128 + 15;

    /// <summary>With a snapshot every 20 entries the directory has .snap files and snapshot records.</summary>
    private static readonly string[] Arguments = ["--log-level", "warn", "--snapshot-count", "20"];

    private readonly ScratchFolder _scratch = new();

    private DataDirectory Data => new(SystemDisk.Instance, _scratch.In("data"));

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DirectoryOfRealEtcdIsRead(bool killed)
    {
        await WriteWithRealEtcd(killed);

        var (snapshot, contents) = OpenHere();

        Assert.True(snapshot.Metadata.Index >= 40, $"snapshot at {snapshot.Metadata.Index}");
        Assert.Single(snapshot.Metadata.ConfState.Voters);
        Assert.Equal(snapshot.Metadata.Index + 1, contents.Entries[0].Index);
        Assert.True(contents.State.Term > 0 && contents.State.Vote != 0);
        var puts = AllEntries()
            .Where(entry => entry.Type == EntryType.Normal && !entry.Data.IsEmpty && LegacyOf(entry) is null)
            .Select(entry => InternalRaftRequest.Parser.ParseFrom(entry.Data.Span))
            .Where(request => request.Put is not null)
            .Select(request => request.Put.Value.ToStringUtf8());
        Assert.Equal(Enumerable.Range(0, Puts).Select(i => $"value-{i}"), puts);
    }

    [Fact]
    public async Task MembershipIsReadFromTheSnapshotAndFromTheLog()
    {
        await WriteWithRealEtcd(killed: false);

        var (snapshot, _) = OpenHere();
        var membership = V2StoreDocument.TryRead(snapshot.Data, out var problem);

        Assert.Null(problem);
        var member = Assert.Single(membership!.Members);
        Assert.Equal(snapshot.Metadata.ConfState.Voters[0], member.Id);
        Assert.Equal("default", member.Name);
        Assert.StartsWith("http://127.0.0.1:", Assert.Single(member.PeerUrls), StringComparison.Ordinal);
        Assert.StartsWith("http://127.0.0.1:", Assert.Single(member.ClientUrls), StringComparison.Ordinal);
        Assert.Equal("3.5.0", membership.ClusterVersion);
        Assert.Empty(membership.RemovedIds);

        var legacy = AllEntries()
            .Where(entry => entry.Type == EntryType.Normal)
            .Select(LegacyOf)
            .OfType<LegacyRequest>()
            .ToList();
        var attributes = Assert.Single(legacy, request => request.Kind == LegacyRequestKind.MemberAttributes);
        Assert.Equal((member.Id, "default"), (attributes.MemberId, attributes.Name));
        Assert.Equal(member.ClientUrls, attributes.ClientUrls);
        Assert.Equal("3.5.0", Assert.Single(legacy, request => request.Kind == LegacyRequestKind.ClusterVersion).ClusterVersion);
    }

    [Fact]
    public async Task LogWrittenOnHereIsOpenedByRealEtcd()
    {
        await WriteWithRealEtcd(killed: false);
        var before = AllEntries();
        var last = before[^1];
        var opened = WriteAheadLog.Open(SystemDisk.Instance, Data.WalPath, NewestMark(), RealOptions());
        Entry[] empty =
        [
            .. Enumerable.Range(1, 5).Select(i => new Entry(EntryType.Normal, last.Term, last.Index + (ulong)i, default)),
        ];
        opened.Log.Save(opened.Contents.State, empty);
        opened.Log.Dispose();

        await using var server = await StartReal();
        var answer = await server.Endpoint.Range(new RangeRequest { Key = ByteString.CopyFromUtf8("key-59") });

        Assert.Equal("value-59", Assert.Single(answer.Kvs).Value.ToStringUtf8());
        Assert.True(answer.Header.RaftTerm > last.Term);
        Assert.Equal(EndedByTerminate, await server.StopAsync());
        var entries = AllEntries();
        Assert.Equal(
            empty.Select(entry => (entry.Index, entry.Term)),
            entries.Where(entry => entry.Index > last.Index).Take(5).Select(entry => (entry.Index, entry.Term))
        );
    }

    [Fact]
    public async Task SnapshotWrittenHereWithAnOldStoreOfOursIsStartedFromByRealEtcd()
    {
        await WriteWithRealEtcd(killed: false);
        var (snapshot, contents) = OpenHere();
        var membership = V2StoreDocument.TryRead(snapshot.Data, out _)!;
        var last = contents.Entries[^1];
        var ours = new Snapshot(
            V2StoreDocument.Write(membership),
            new SnapshotMetadata(snapshot.Metadata.ConfState, last.Index, last.Term)
        );
        Snapshots().Save(ours);
        var opened = WriteAheadLog.Open(SystemDisk.Instance, Data.WalPath, NewestMark(), RealOptions());
        using (opened.Log)
        {
            opened.Log.Save(contents.State with { Commit = last.Index }, []);
            opened.Log.SaveSnapshot(WalSnapshotMark.Of(ours.Metadata));
        }

        await using var server = await StartReal();
        var answer = await server.Endpoint.Range(new RangeRequest { Key = ByteString.CopyFromUtf8("key-59") });

        Assert.Equal("value-59", Assert.Single(answer.Kvs).Value.ToStringUtf8());
        Assert.Equal(EndedByTerminate, await server.StopAsync());
        var after = V2StoreDocument.TryRead(Snapshots().TryRead(Snapshots().List()[0].ToString(), out _)!.Data, out _)!;
        Assert.Equal(membership.Members[0].Id, Assert.Single(after.Members).Id);
    }

    [Fact]
    public async Task RealEtcdAndOursKeepEachOtherOut()
    {
        await WriteWithRealEtcd(killed: false);
        await using (await StartReal())
        {
            var refusal = Assert.Throws<WalException>(() =>
                WriteAheadLog.Open(SystemDisk.Instance, Data.WalPath, NewestMark(), RealOptions())
            );
            Assert.Equal(WalFault.Locked, refusal.Fault);
        }

        using var log = WriteAheadLog.Open(SystemDisk.Instance, Data.WalPath, NewestMark(), RealOptions()).Log;
        await Assert.ThrowsAsync<InvalidOperationException>(StartReal);
    }

    private async Task WriteWithRealEtcd(bool killed)
    {
        if (Programs.RealEtcd is null)
        {
            Assert.Skip(Programs.HowToGetRealEtcd);
        }

        await using var server = await StartReal();
        for (var i = 0; i < Puts; i++)
        {
            await server.Endpoint.Put(
                new PutRequest { Key = ByteString.CopyFromUtf8($"key-{i}"), Value = ByteString.CopyFromUtf8($"value-{i}") }
            );
        }

        if (killed)
        {
            await server.KillAsync();
        }
        else
        {
            Assert.Equal(EndedByTerminate, await server.StopAsync());
        }
    }

    private Task<EtcdServer> StartReal() =>
        EtcdServer.StartAsync(ServerKind.Real, new ServerOptions { DataDirectory = Data.Root, Arguments = Arguments });

    private (Snapshot Snapshot, WalContents Contents) OpenHere()
    {
        var snapshot = Snapshots().LoadNewest(WalReading.ValidSnapshots(SystemDisk.Instance, Data.WalPath))!;
        var opened = WriteAheadLog.Open(SystemDisk.Instance, Data.WalPath, WalSnapshotMark.Of(snapshot.Metadata), RealOptions());
        opened.Log.Dispose();
        return (snapshot, opened.Contents);
    }

    private List<Entry> AllEntries() => WalReading.ReadAll(SystemDisk.Instance, Data.WalPath, TestLog.Beginning).Entries;

    private WalSnapshotMark NewestMark() => WalReading.ValidSnapshots(SystemDisk.Instance, Data.WalPath)[^1];

    private SnapshotDirectory Snapshots() => new(SystemDisk.Instance, Data.SnapPath, NullLogger.Instance);

    private static LegacyRequest? LegacyOf(Entry entry)
    {
        Assert.True(
            !LegacyRequest.TryFindInEntry(entry.Data.Span, out var request, out var problem) || request is not null,
            problem
        );
        return request;
    }

    private static WalOptions RealOptions() => new() { Clock = SystemClock.Instance };
}
