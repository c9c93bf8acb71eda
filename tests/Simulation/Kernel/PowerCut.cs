namespace EtcdSharp.Simulation.Kernel;

/// <summary>The power went in the middle of a disk operation. No member code catches it, so it ends the member where it stands.</summary>
internal sealed class PowerCut() : Exception("the power went");
