namespace EtcdSharp.Simulation.Members;

/// <summary>How messages travel in a run.</summary>
internal enum WireKind
{
    /// <summary>As objects, in any order: the fastest.</summary>
    Objects,

    /// <summary>Each encoded and decoded, in any order.</summary>
    Datagrams,

    /// <summary>Through the two streams that members have, each in order, encoded by its own codec.</summary>
    Streams,
}
