using EtcdSharp.Mvcc;
using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Raft;
using EtcdSharp.Server.Apply;
using EtcdSharp.Server.Lease;
using EtcdSharp.Server.Membership;
using EtcdSharp.Server.Node;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Storage.Backend;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Simulation.Members;

/// <summary>The replicated state of a member over one backend file: the objects of the program, put together as it does.</summary>
internal sealed class ReplicatedState
{
    public const ulong ClusterId = 0xC1;

    private ReplicatedState(BackendStore backend, ClusterState cluster, Lessor lessor, MvccStore kv, StateMachine machine)
    {
        Backend = backend;
        Cluster = cluster;
        Lessor = lessor;
        Kv = kv;
        Machine = machine;
    }

    public BackendStore Backend { get; }

    public ClusterState Cluster { get; }

    public Lessor Lessor { get; }

    public MvccStore Kv { get; }

    public StateMachine Machine { get; }

    public static LessorOptions LessorOptionsOf(Shape shape) =>
        new()
        {
            MinimumTtlSeconds = LessorOptions.MinimumTtlSecondsFor(
                shape.ElectionTicks,
                TimeSpan.FromMilliseconds(shape.HeartbeatMs)
            ),
            ExpiredRetryInterval = TimeSpan.FromSeconds(7),
        };

    public static ReplicatedState Open(SimMember member, BackendStore backend, Lessor? keptLessor = null)
    {
        var world = member.World;
        var cluster = new ClusterState(backend, ClusterId, member.Id);
        if (world.Defect == Defect.RevisionGoesBack)
        {
            backend.Delete(BackendBucket.Meta, MetaKeys.ScheduledCompaction);
            backend.Delete(BackendBucket.Meta, MetaKeys.FinishedCompaction);
        }

        var lessor = keptLessor ?? new Lessor(LessorOptionsOf(world.Shape), new BackendLeaseBucket(backend));
        var kv = new MvccStore(
            backend,
            lessor,
            member.Hub,
            new MvccOptions
            {
                CompactionBatchLimit = world.Shape.CompactionBatchLimit,
                CompactsOnOwnThread = false,
                HashSeed = world.Shape.Seed,
            }
        );
        member.Hub.Open(new StoreWatchHistory(kv));
        var machine = new StateMachine(
            kv,
            lessor,
            new AlarmStore(backend),
            new Quota(backend, -1),
            cluster,
            member.State,
            new NoPeers(),
            member.Clock,
            new StateMachineOptions
            {
                ElectionTimeout = TimeSpan.FromMilliseconds(world.Shape.ElectionTicks * world.Shape.HeartbeatMs),
            },
            NullLogger.Instance
        )
        {
            RemovedFromCluster = member.WasRemoved,
        };
        return new ReplicatedState(backend, cluster, lessor, kv, machine);
    }

    public ConfState Configuration() =>
        new()
        {
            Voters = [.. Cluster.View.Voters.Select(voter => voter.Id)],
            Learners = [.. Cluster.View.Members.Where(other => other.IsLearner).Select(other => other.Id)],
        };
}
