using EtcdSharp.Mvcc;
using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Platform;
using EtcdSharp.Replica;
using EtcdSharp.Replica.Answers;
using EtcdSharp.Replica.Apply;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Storage.Backend;
using Google.Protobuf;

namespace EtcdSharp.Server.Tests.Apply;

/// <summary>A store on disk and the end of the chain of appliers, which requests are given to as if they came from the log.</summary>
internal sealed class AppliedStore : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("etcdsharp-apply-").FullName;
    private readonly BackendStore _backend;
    private readonly RequestExecutor _executor;
    private ulong _index;

    public AppliedStore(AnswerMemory answers)
    {
        _backend = BackendStore.Open(SystemDisk.Instance, Path.Combine(_directory, "db"), new BackendOptions { NoSync = true });
        var lessor = new Lessor(new LessorOptions { MinimumTtlSeconds = 2 }, new BackendLeaseBucket(_backend));
        Hub = new WatchHub();
        Store = new MvccStore(_backend, lessor, Hub, new MvccOptions());
        Hub.Open(new StoreWatchHistory(Store));
        _executor = new RequestExecutor(
            Store,
            lessor,
            new AlarmStore(_backend),
            new ClusterState(_backend, 1, 2),
            SystemClock.Instance,
            answers
        );
    }

    public MvccStore Store { get; }

    public WatchHub Hub { get; }

    public ApplyResult Apply(RequestKind kind, IMessage request, bool someoneWaits = true)
    {
        _backend.BeginEntry(++_index, 1);
        var result = _executor.Apply(new ApplyContext(kind, request.ToByteArray(), _index, null, someoneWaits));
        _backend.EndEntry();
        return result;
    }

    public void Dispose()
    {
        Store.Dispose();
        _backend.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
