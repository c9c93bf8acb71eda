using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Bolt;

/// <summary>A page with its overflow pages, and the transaction that allocated it (0 when that is too long ago to matter).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PageExtent(ulong Id, ulong PageCount, ulong AllocatedBy);
