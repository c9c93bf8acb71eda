using System.Globalization;
using EtcdSharp.Cluster.Faults;

namespace EtcdSharp.Cluster;

/// <summary>How clients came to be served again after a fault.</summary>
/// <param name="Took">From the fault to the first write that was begun after it and acknowledged.</param>
/// <param name="Stolen">What of it the machine stood still for everybody.</param>
/// <param name="Terms">How many terms later.</param>
internal sealed record Recovery(FaultKind Kind, TimeSpan Took, TimeSpan Stolen, ulong Terms)
{
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Kind} {Took.TotalMilliseconds:F0} ms{(Terms > 1 ? $" ({Terms} terms)" : "")}{(Stolen > TimeSpan.Zero ? $" (machine: {Stolen.TotalMilliseconds:F0})" : "")}"
        );
}
