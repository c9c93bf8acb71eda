using EtcdSharp.Mvcc;
using EtcdSharp.Node;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;
using EtcdSharp.Replica.Apply;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Server.Configuration;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Bolt;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Members;

/// <summary>
/// The state that a member comes back to from its files, without its threads: the files are opened as a start opens
/// them, and the rest of the log is applied as the apply loop applies it. All of it is committed, as one voter decides.
/// </summary>
internal sealed class ReopenedMember : IDisposable
{
    private readonly MemberStore? _store;
    private readonly WriteAheadLog _log;

    public ReopenedMember(MemoryDisk disk, bool checkStore = true)
    {
        var options = new MemberOptions
        {
            DataDirectory = TestMember.Directory,
            Disk = disk,
            Fatal = static (part, failure) => throw new InvalidOperationException($"{part} failed", failure),
        };
        var data = new DataDirectory(disk, TestMember.Directory);
        if (checkStore)
        {
            RequireSoundStore(disk, data.StorePath);
        }

        var start = new MemberBootstrap(
            disk,
            data,
            new WalOptions
            {
                Clock = options.Clock,
                SegmentBytes = MemberPowerLossTests.SegmentBytes,
                PrepareSegmentsAhead = false,
            },
            new BackendOptions { OwnThread = false, CommitFailed = static failure => throw failure },
            static _ => null,
            NullLogger.Instance
        ).Run(
            new BootstrapOptions
            {
                Name = "default",
                ClusterToken = "",
                InitialCluster = [("default", ["http://localhost:2380"])],
            }
        );
        _log = start.Log;
        try
        {
            _store = new MemberStore(options, new NodeOptions(), start, FeatureGates.Parse("", out _)!, new NoTokens());
            Replay(options, start);
        }
        catch
        {
            Dispose();
            start.Backend.Dispose();
            throw;
        }
    }

    public MvccStore Kv => _store!.Kv;

    public void Dispose()
    {
        _store?.Dispose();
        _log.Dispose();
    }

    private static void RequireSoundStore(MemoryDisk disk, string path)
    {
        if (disk.FileExists(path))
        {
            using var file = BoltFile.Open(disk, path, new BoltOptions());
            if (file.Check() is [var finding, ..])
            {
                throw new InvalidDataException($"the store file is damaged: {finding}");
            }
        }
    }

    private void Replay(MemberOptions options, StartingPoint start)
    {
        var machine = new StateMachine(
            _store!.Kv,
            _store.Lessor,
            _store.Alarms,
            _store.Auth,
            _store.Quota,
            _store.Cluster,
            new NodeState(start.MemberId),
            new NoPeers(),
            options.Clock,
            new StateMachineOptions { ElectionTimeout = TimeSpan.FromSeconds(1) },
            NullLogger.Instance
        );
        for (var index = start.AppliedIndex + 1; index <= start.Storage.LastIndex; index++)
        {
            Assert.Equal(StorageRead.Ok, start.Storage.TryGetEntries(index, index + 1, ulong.MaxValue, out var entries));
            var entry = entries.Span[0];
            _store.Backend.BeginEntry(entry.Index, entry.Term);
            Apply(machine, entry);
            _store.Backend.EndEntry();
        }
    }

    private static void Apply(StateMachine machine, in Entry entry)
    {
        if (entry.Type == EntryType.ConfChange)
        {
            Assert.True(RaftWire.TryDecode(entry.Data, out ConfChange? change));
            machine.ApplyConfiguration(entry, change, changed => new ConfState { Voters = [changed.NodeId] });
        }
        else if (!entry.Data.IsEmpty)
        {
            Assert.True(RequestEncoding.TryDecode(entry.Data.Span, out var request));
            machine.Apply(entry, request, someoneWaits: false);
        }
    }
}
