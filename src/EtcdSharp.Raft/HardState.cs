using System.Runtime.InteropServices;

namespace EtcdSharp.Raft;

/// <summary>
/// What a member must have on disk before it answers (Raft paper, figure 2, persistent state). Commit may lag behind
/// after a restart; Term and Vote may not.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct HardState(ulong Term, ulong Vote, ulong Commit)
{
    public bool IsEmpty => this == default;
}
