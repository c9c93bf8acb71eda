using System.Runtime.InteropServices;

namespace EtcdSharp.Replica.Lease;

/// <summary>A remaining time to live that the leader wants the cluster to remember.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeaseCheckpoint(long Id, long RemainingTtlSeconds);
