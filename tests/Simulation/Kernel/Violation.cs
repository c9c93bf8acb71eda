namespace EtcdSharp.Simulation.Kernel;

/// <summary>A guarantee was broken, or a member ended in a way that no fault excuses.</summary>
internal sealed class Violation(string guarantee, string detail) : Exception($"{guarantee}: {detail}")
{
    /// <summary>The short name of the guarantee: what a shrunk run must break again to count as the same failure.</summary>
    public string Guarantee { get; } = guarantee;
}
