using EtcdSharp.Api;
using EtcdSharp.Edge.Http;
using EtcdSharp.Mvcc;
using EtcdSharp.Node;
using EtcdSharp.Replica.Apply;

namespace EtcdSharp.Server;

/// <summary>The member as the plain HTTP endpoints see it.</summary>
internal sealed class MemberHttpState(MemberStore store, IReplicatedLog log, TimeSpan requestTimeout) : IMemberState
{
    public IReadOnlyList<AlarmMember> Alarms => store.Alarms.List(AlarmType.None);

    public bool HasLeader => log.LeaderId != 0;

    public bool IsLearner => store.Cluster.View.Find(log.MemberId)?.IsLearner ?? false;

    public TimeSpan RequestTimeout => requestTimeout;

    public string ServerVersion => store.Cluster.ServerVersion.ToString();

    public string? ClusterVersion => store.Cluster.View.Version?.ToString();

    public string? StorageVersion => store.Cluster.StorageVersion.ToString();

    public async ValueTask<string?> ProbeReadAsync(bool serializable, CancellationToken cancellation)
    {
        if (!serializable && await log.ReadBarrierAsync(cancellation).ConfigureAwait(false) is { } error)
        {
            return error.Message;
        }

        return Probe();
    }

    private string? Probe()
    {
        using var found = RangeResult.Rent();
        var status = store.Kv.Range(new RangeQuery { Key = "health"u8, Limit = 1 }, found);
        return status == MvccStatus.Ok ? null : MvccErrors.Of(status).Message;
    }
}
