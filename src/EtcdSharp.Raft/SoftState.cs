using System.Runtime.InteropServices;

namespace EtcdSharp.Raft;

/// <summary>What changes without being stored: who leads, as far as this member knows, and its own role.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SoftState(ulong Leader, RaftRole Role);
