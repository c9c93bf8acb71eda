namespace EtcdSharp.Compare;

/// <summary>One figure of one server in one scenario.</summary>
/// <param name="Metric">The name, with its unit.</param>
/// <param name="Value">The figure.</param>
/// <param name="MoreIsBetter">Which direction is the good one.</param>
/// <param name="Limit">What ours must keep to, where the figure is one that must.</param>
internal sealed record Measurement(string Metric, double Value, bool MoreIsBetter = false, Limit? Limit = null);
