using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Bolt;

/// <summary>One inconsistency found by a check.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BoltFinding(ulong PageId, BoltDamage Damage, string Detail)
{
    public override string ToString() => $"page {PageId}: {Damage}: {Detail}";
}
