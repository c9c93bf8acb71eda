using System.Runtime.InteropServices;

namespace EtcdSharp.Replica.Lease;

/// <summary>The answer to the first half of a renewal.</summary>
/// <param name="WhenEnded">Set with <see cref="LeaseRenewalStep.AwaitEnd"/>.</param>
/// <param name="Lease">Set with <see cref="LeaseRenewalStep.ClearCheckpoint"/>, which <see cref="Lessor.EndRenewal"/> must follow.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeaseRenewal(LeaseRenewalStep Step, Task? WhenEnded = null, GrantedLease? Lease = null);
