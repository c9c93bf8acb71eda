using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Simulation.Running;

/// <summary>Everything that decides a run: equal options, equal history.</summary>
internal sealed record RunOptions(ulong Seed)
{
    public Defect Defect { get; init; }

    public Workload Workload { get; init; }

    /// <summary>How long faults happen; 0 for what is usual with the workload.</summary>
    public int FaultSeconds { get; init; }

    /// <summary>Null for those of the seed.</summary>
    public IReadOnlyList<Fault>? Faults { get; init; }

    public bool WithJournal { get; init; }

    public Shape Shape => Shape.Of(Seed, FaultSeconds == 0 ? Shape.DefaultFaultSeconds(Workload) : FaultSeconds, Workload);

    public string ReplayArguments =>
        $"--replay {Seed} --workload {Workload}"
        + (FaultSeconds == 0 ? "" : $" --fault-seconds {FaultSeconds}")
        + (Defect == Defect.None ? "" : $" --defect {Defect}");
}
