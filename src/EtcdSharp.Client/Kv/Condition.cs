using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>
/// What must hold for a transaction to take its Then branch, e.g. <c>Condition.Version("k").Is(0)</c>. Of a range it must
/// hold for each key, so for none it does. A single key that is not there has version, revisions and lease 0; its value
/// meets no condition at all.
/// </summary>
public sealed class Condition
{
    private readonly KeyRange range;
    private readonly Compare template;

    internal Condition(KeyRange range, Compare template)
    {
        this.range = range;
        this.template = template;
    }

    /// <summary>The key is there.</summary>
    public static Condition Exists(EtcdBytes key) => CreateRevision(key).IsNot(0);

    /// <summary>The key is not there.</summary>
    public static Condition Missing(EtcdBytes key) => CreateRevision(key).Is(0);

    /// <summary>The value.</summary>
    public static ConditionOn<EtcdBytes> Value(KeyRange range) =>
        new(range, static value => new Compare { Target = Compare.Types.CompareTarget.Value, Value = value.ToByteString() });

    /// <summary>How often it was put since it was made.</summary>
    public static ConditionOn<long> Version(KeyRange range) =>
        new(range, static version => new Compare { Target = Compare.Types.CompareTarget.Version, Version = version });

    /// <summary>The revision that made it.</summary>
    public static ConditionOn<long> CreateRevision(KeyRange range) =>
        new(range, static revision => new Compare { Target = Compare.Types.CompareTarget.Create, CreateRevision = revision });

    /// <summary>The revision that last changed it.</summary>
    public static ConditionOn<long> ModRevision(KeyRange range) =>
        new(range, static revision => new Compare { Target = Compare.Types.CompareTarget.Mod, ModRevision = revision });

    /// <summary>The lease it lives with.</summary>
    public static ConditionOn<long> Lease(KeyRange range) =>
        new(range, static lease => new Compare { Target = Compare.Types.CompareTarget.Lease, Lease = lease });

    internal Compare ToMessage(KeyPrefix prefix)
    {
        var message = template.Clone();
        message.Key = prefix.Key(range.Start);
        message.RangeEnd = prefix.End(range.End);
        return message;
    }
}
