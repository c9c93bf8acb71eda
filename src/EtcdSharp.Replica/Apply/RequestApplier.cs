namespace EtcdSharp.Replica.Apply;

/// <summary>A link of the chain that a committed request passes: alarm, quota, auth, then its execution.</summary>
internal abstract class RequestApplier
{
    public abstract ApplyResult Apply(in ApplyContext context);
}
