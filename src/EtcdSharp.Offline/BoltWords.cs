using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Offline;

/// <summary>Damages in the words that operators know from bbolt's own check, as far as it has words for them.</summary>
internal static class BoltWords
{
    public static string Describe(BoltFinding finding) =>
        finding.Damage switch
        {
            BoltDamage.Unreachable => $"page {finding.PageId}: unreachable unfreed",
            BoltDamage.ReferencedTwice when finding.Detail == TreeScan.InUseAndFree => $"page {finding.PageId}: reachable freed",
            BoltDamage.ReferencedTwice => $"page {finding.PageId}: multiple references",
            BoltDamage.PageOutOfRange => $"page {finding.PageId}: out of bounds: {finding.Detail}",
            BoltDamage.WrongPageKind => $"page {finding.PageId}: invalid type: {finding.Detail}",
            _ => finding.ToString(),
        };
}
