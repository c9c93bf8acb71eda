using System.Runtime.InteropServices;

namespace EtcdSharp.Mvcc;

/// <summary>A compaction that has ended.</summary>
/// <param name="Revision">Up to which history is gone.</param>
/// <param name="Keys">How many revisions of keys were deleted.</param>
/// <param name="Took">From its first step to its last.</param>
/// <param name="Hash">Over what is left up to the revision.</param>
/// <param name="IsHashWhole">False where an earlier, interrupted compaction makes the hash worthless.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CompactionReport(long Revision, long Keys, TimeSpan Took, uint Hash, bool IsHashWhole);
