namespace EtcdSharp.Mvcc;

/// <summary>Hears of every transaction that changed something, on the apply thread, before its revision becomes readable.</summary>
internal interface IWatchNotifier
{
    /// <summary>
    /// The events of one revision in the order of their sub-revisions. <paramref name="events"/> and the spans it
    /// gives are valid during the call only. The state before the revision can be read from the store meanwhile.
    /// </summary>
    void Notify(MvccEvents events);
}
