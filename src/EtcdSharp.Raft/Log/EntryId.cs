using System.Runtime.InteropServices;

namespace EtcdSharp.Raft.Log;

/// <summary>Term and index together name an entry: two logs that share one are equal up to it (Raft paper, section 5.3).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EntryId(ulong Term, ulong Index)
{
    public static EntryId Of(in Entry entry) => new(entry.Term, entry.Index);
}
