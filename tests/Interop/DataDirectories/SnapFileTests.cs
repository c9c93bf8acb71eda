using System.Diagnostics;

namespace EtcdSharp.Interop.DataDirectories;

/// <summary>
/// The .snap files of the same history under real etcd and ours: the same number of them, under the same names, with the
/// same members, as releases up to 3.6 start from them.
/// </summary>
public sealed class SnapFileTests
{
    private const string Learner = "http://127.0.0.1:2000";
    private const string Moved = "http://127.0.0.1:2002";
    private const string Later = "http://127.0.0.1:2001";

    /// <summary>One more than the flag says.</summary>
    private const ulong EntriesPerSnapshot = 11;

    private static readonly string[] s_arguments =
    [
        "--log-level",
        "warn",
        "--snapshot-count",
        "10",
        "--max-snapshots",
        "0",
        "--strict-reconfig-check=false",
    ];

    [Fact]
    public async Task Members_that_come_move_and_go_stand_in_the_files_as_in_those_of_etcd_3_5()
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var real = await MembersComeAndGoAsync(ServerKind.Real, learnerMoves: false);
        var ours = await MembersComeAndGoAsync(ServerKind.Ours, learnerMoves: false, release: "3.5");
        AssertSameTrees(real, ours);
        Assert.Contains("removed_members", ours[^1].Document, StringComparison.Ordinal);
        Assert.Contains(Later, ours[^1].Document, StringComparison.Ordinal);
        Assert.Contains(ours, file => file.Document.Contains(Learner, StringComparison.Ordinal));
        Assert.Contains(ours, file => file.Document.Contains(Moved, StringComparison.Ordinal));
    }

    /// <summary>These releases build the document anew for each snapshot, as we do, so that it is the same to the last counter.</summary>
    [Theory]
    [InlineData("3.6")]
    [InlineData("3.7")]
    public async Task The_documents_are_those_of_later_releases(string release)
    {
        var program = release == "3.6" ? Programs.RealEtcd36 : Programs.RealEtcd37;
        Assert.SkipWhen(program is null, Programs.HowToNameOtherReleases);
        var real = await MembersComeAndGoAsync(ServerKind.Real, learnerMoves: true, program);
        var ours = await MembersComeAndGoAsync(ServerKind.Ours, learnerMoves: true, release: release);
        AssertSameTrees(real, ours);
        foreach (var (theirs, own) in real.Zip(ours))
        {
            Assert.Equal(theirs.Unordered(), own.Unordered());
            if (theirs.IsOfOneOrder)
            {
                Assert.Equal(theirs.Document, own.Document);
            }
        }

        Assert.Contains(real, file => file.IsOfOneOrder);
    }

    [Fact]
    public async Task A_promoted_learner_stands_in_the_files_as_in_those_of_etcd_3_5()
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var real = await LearnerIsPromotedAsync(ServerKind.Real);
        var ours = await LearnerIsPromotedAsync(ServerKind.Ours);
        Assert.Equal(real.Tree(), ours.Tree());
        Assert.Contains("M2-client", ours.Document, StringComparison.Ordinal);
        Assert.DoesNotContain("isLearner", ours.Document, StringComparison.Ordinal);
    }

    private static void AssertSameTrees(IReadOnlyList<SnapFile> real, IReadOnlyList<SnapFile> ours)
    {
        Assert.Equal(real.Select(file => file.Name), ours.Select(file => file.Name));
        Assert.Equal(real.Select(file => file.Metadata), ours.Select(file => file.Metadata));
        Assert.Equal(real.Select(file => file.Tree()), ours.Select(file => file.Tree()));
    }

    private static async Task<IReadOnlyList<SnapFile>> MembersComeAndGoAsync(
        ServerKind kind,
        bool learnerMoves,
        string? program = null,
        string? release = null
    )
    {
        using var directory = new ScratchDirectory();
        string peerUrl;
        ulong[] ids;
        await using var server = await EtcdServer.StartAsync(
            kind,
            new ServerOptions(
                Arguments: [.. s_arguments, .. release is null ? Array.Empty<string>() : ["--emulated-version", release]],
                DataDirectory: directory.Path,
                Program: program
            )
        );
        await UntilVersionIsDecidedAsync(server.Address);
        var etcd = server.Endpoint;
        var self = (await etcd.MemberList()).Members.Single();
        await PutAsync(etcd, 30, directory.Path);
        var first = await AddAsync(etcd, Learner);
        await PutAsync(etcd, 10, directory.Path);

        // 3.5 makes a voter of a learner that moves, in this document alone.
        await (learnerMoves ? UpdateAsync(etcd, first, [Moved]) : UpdateAsync(etcd, self.ID, [self.PeerURLs[0], Moved]));
        await PutAsync(etcd, 12, directory.Path);
        await etcd.Call<MemberRemoveResponse>("/etcdserverpb.Cluster/MemberRemove", new MemberRemoveRequest { ID = first });
        await PutAsync(etcd, 15, directory.Path);
        var second = await AddAsync(etcd, Later);
        await PutAsync(etcd, 25, directory.Path);
        (peerUrl, ids) = (self.PeerURLs[0], [self.ID, first, second]);
        await server.StopAsync();
        return SnapFile.ReadAll(
            directory.Path,
            [
                (peerUrl, "SELF-peer"),
                (self.ClientURLs[0], "SELF-client"),
                .. ids.Select((id, place) => (SnapFile.Hex(id), $"M{place}")),
            ]
        );
    }

    /// <summary>The newest file of the first member.</summary>
    private static async Task<SnapFile> LearnerIsPromotedAsync(ServerKind kind)
    {
        await using var cluster = await EtcdCluster.StartAsync(
            [kind],
            new ClusterOptions(Arguments: s_arguments, EmulatedVersion: "3.5")
        );
        var first = cluster.Members[0];
        await UntilVersionIsDecidedAsync(new Uri(first.ClientUrl));
        var learner = await cluster.AddAsync(kind, first, isLearner: true);
        var ids = (await EtcdCluster.IdOfAsync(first, first), await EtcdCluster.IdOfAsync(learner, first));
        await UntilAsync(async () =>
        {
            try
            {
                await first.Endpoint.Call<MemberPromoteResponse>(
                    "/etcdserverpb.Cluster/MemberPromote",
                    new MemberPromoteRequest { ID = ids.Item2 }
                );
                return true;
            }
            catch (GrpcFailure failure) when (failure.Code is GrpcCode.FailedPrecondition or GrpcCode.Unavailable)
            {
                return false;
            }
        });
        await cluster.WaitUntilServingAsync(learner);
        await UntilAsync(async () => (await first.Endpoint.MemberList()).Members.All(member => member.Name.Length != 0));
        await PutAsync(first.Endpoint, 25, first.DataDirectory);
        await learner.StopAsync();
        await first.StopAsync();
        var files = SnapFile.ReadAll(
            first.DataDirectory,
            [
                (first.PeerUrl, "M1-peer"),
                (first.ClientUrl, "M1-client"),
                (learner.PeerUrl, "M2-peer"),
                (learner.ClientUrl, "M2-client"),
                (SnapFile.Hex(ids.Item1), "M1"),
                (SnapFile.Hex(ids.Item2), "M2"),
            ]
        );
        return files[^1];
    }

    private static async Task<ulong> AddAsync(EtcdEndpoint etcd, string peerUrl) =>
        (
            await etcd.Call<MemberAddResponse>(
                "/etcdserverpb.Cluster/MemberAdd",
                new MemberAddRequest { PeerURLs = { peerUrl }, IsLearner = true }
            )
        )
            .Member
            .ID;

    private static async Task UpdateAsync(EtcdEndpoint etcd, ulong id, IEnumerable<string> peerUrls) =>
        await etcd.Call<MemberUpdateResponse>(
            "/etcdserverpb.Cluster/MemberUpdate",
            new MemberUpdateRequest { ID = id, PeerURLs = { peerUrls } }
        );

    /// <summary>One after the other, each with the snapshot that it may have led to: there is one behind every eleven entries.</summary>
    private static async Task PutAsync(EtcdEndpoint etcd, int count, string dataDirectory)
    {
        var snapshots = Path.Combine(dataDirectory, "member", "snap");
        for (var i = 0; i < count; i++)
        {
            await etcd.Put(new PutRequest { Key = ByteString.CopyFromUtf8("key"), Value = ByteString.CopyFromUtf8("value") });
            var due = (await etcd.Status()).RaftAppliedIndex / EntriesPerSnapshot;
            await UntilAsync(() => Task.FromResult((ulong)Directory.GetFiles(snapshots, "*.snap").Length >= due));
        }
    }

    private static Task UntilVersionIsDecidedAsync(Uri address) =>
        UntilAsync(async () =>
        {
            using var http = new HttpClient();
            var answer = await http.GetStringAsync(new Uri(address, "/version"), TestContext.Current.CancellationToken);
            return !answer.Contains("\"etcdcluster\":\"not_decided\"", StringComparison.Ordinal)
                && !answer.Contains("\"etcdcluster\":\"3.0.0\"", StringComparison.Ordinal);
        });

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60), "it did not come to be in 60 s");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
