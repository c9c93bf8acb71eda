using System.Runtime.InteropServices;

namespace EtcdSharp.Simulation.Running;

/// <summary>When a long run ends: after so many simulated seconds, runs, or minutes, whichever comes first.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LongRunLimits(double SimulatedSeconds, long Runs, TimeSpan Time, int Jobs, bool GoesOn);
