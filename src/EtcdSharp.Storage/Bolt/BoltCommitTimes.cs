using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Bolt;

/// <summary>What a commit spent its time on; all zero before the commit and where nothing had changed.</summary>
/// <param name="Rebalance">Merging pages that have become too empty.</param>
/// <param name="Spill">Splitting nodes and placing them on pages.</param>
/// <param name="Write">Writing and syncing the pages and the meta page.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BoltCommitTimes(TimeSpan Rebalance, TimeSpan Spill, TimeSpan Write);
