namespace EtcdSharp.Storage.Bolt;

/// <summary>One inconsistency found by a check.</summary>
internal readonly record struct BoltFinding(ulong PageId, BoltDamage Damage, string Detail)
{
    public override string ToString() => $"page {PageId}: {Damage}: {Detail}";
}
