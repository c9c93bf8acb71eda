using System.Runtime.InteropServices;

namespace EtcdSharp.Raft;

[StructLayout(LayoutKind.Auto)]
public readonly record struct ConfChangeSingle(ConfChangeType Type, ulong NodeId);
