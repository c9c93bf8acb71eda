namespace EtcdSharp.Simulation.Faults;

/// <summary>Something that happens to the cluster at a moment of true time. The numbers mean what the kind makes of them.</summary>
internal sealed record Fault(long At, FaultKind Kind, int First, int Second, long Duration, int Amount)
{
    public override string ToString() => $"{At / 1e9:F3}s {Kind} {First} {Second} for {Duration / 1e9:F3}s ({Amount})";
}
