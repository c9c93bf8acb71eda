namespace EtcdSharp.Mvcc.Watch;

internal enum WatcherState : byte
{
    /// <summary>Has everything that happened, or waits for a revision that has not; is given events as they happen.</summary>
    Synced,

    /// <summary>Has to be given some of the past first, or its stream was full when something happened.</summary>
    Behind,

    /// <summary>Its past was compacted away; the id stays taken until the client cancels it.</summary>
    Compacted,

    Canceled,
}
