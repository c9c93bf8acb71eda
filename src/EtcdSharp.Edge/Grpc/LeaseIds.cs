using EtcdSharp.Node;
using EtcdSharp.Replica.Lease;

namespace EtcdSharp.Edge.Grpc;

/// <summary>Ids for leases whose owner left the choice to the member.</summary>
internal static class LeaseIds
{
    public static long Next(IReplicatedLog log)
    {
        var id = Lessor.NoLease;
        while (id == Lessor.NoLease)
        {
            id = (long)(log.NextRequestId() & long.MaxValue);
        }

        return id;
    }
}
