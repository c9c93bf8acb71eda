using System.Runtime.InteropServices;

namespace EtcdSharp.Server.Node;

/// <summary>An encoded request on its way to the raft loop. The data must not change any more.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Proposal(ulong Id, byte[] Data);
