namespace EtcdSharp.Compare;

/// <summary>One figure of one server in one scenario.</summary>
/// <param name="Metric">The name, with its unit.</param>
/// <param name="Value">The figure.</param>
/// <param name="MoreIsBetter">Which direction is the good one.</param>
internal sealed record Measurement(string Metric, double Value, bool MoreIsBetter = false);
