using EtcdSharp.Api.Errors;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Replica.Apply;

/// <summary>Refuses what active alarms forbid: all data requests after corruption, growth when the quota is used up.</summary>
internal sealed class AlarmApplier(RequestApplier next, AlarmStore alarms) : RequestApplier
{
    public override ApplyResult Apply(in ApplyContext context)
    {
        if (alarms.AnyActive)
        {
            if (alarms.IsActive(Api.AlarmType.Corrupt) && TouchesData(context.Kind))
            {
                return ApplyResult.Failed(EtcdError.Corrupt);
            }

            if (alarms.IsActive(Api.AlarmType.Nospace) && context.Cost > 0)
            {
                return ApplyResult.Failed(EtcdError.NoSpace);
            }
        }

        return next.Apply(context);
    }

    private static bool TouchesData(RequestKind kind) =>
        kind
            is RequestKind.Range
                or RequestKind.Put
                or RequestKind.DeleteRange
                or RequestKind.Txn
                or RequestKind.Compaction
                or RequestKind.LeaseGrant
                or RequestKind.LeaseRevoke;
}
