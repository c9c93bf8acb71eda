namespace EtcdSharp.Simulation.Kernel;

/// <summary>How much happens in an hour of a run. An hour of one kind proves something else than an hour of another.</summary>
internal enum Workload
{
    /// <summary>Tens of calls and a fault or more every second: what finds most defects.</summary>
    Busy,

    /// <summary>A call every few seconds and a fault every minute or so, for an hour.</summary>
    Ordinary,

    /// <summary>Calls every few minutes and a handful of faults in half a day: long silence, timers and little else.</summary>
    Quiet,
}
