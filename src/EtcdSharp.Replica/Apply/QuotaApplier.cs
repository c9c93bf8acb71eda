using EtcdSharp.Api.Errors;

namespace EtcdSharp.Replica.Apply;

/// <summary>
/// Answers "no space" for a request that did not fit any more. It is applied nevertheless: members differ in the
/// size of their files, but must not differ in what they hold. The alarm that follows stops the growth everywhere.
/// </summary>
internal sealed class QuotaApplier(RequestApplier next, Quota quota) : RequestApplier
{
    public override ApplyResult Apply(in ApplyContext context)
    {
        var fits = !quota.Guards(context.Kind) || quota.HasRoomFor(context.Cost);
        var result = next.Apply(context);
        if (fits || !result.IsApplied)
        {
            return result;
        }

        result.Drop();
        return ApplyResult.Failed(EtcdError.NoSpace);
    }
}
