using System.Runtime.InteropServices;

namespace EtcdSharp.Replica.Lease;

/// <summary>The answer to a grant: the time to live is what was granted, which may be longer than asked for.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeaseGrant(LeaseStatus Status, long Id, long TtlSeconds);
