using System.Runtime.InteropServices;

namespace EtcdSharp.Node.Proposals;

/// <summary>An encoded request on its way to the raft loop. The data must not change any more.</summary>
/// <param name="LeaderTerm">
/// Other than 0: the request is void unless this member leads in this term when raft takes it, and another leader never
/// gets to see it.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Proposal(ulong Id, byte[] Data, ulong LeaderTerm = 0);
