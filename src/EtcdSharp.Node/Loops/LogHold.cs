namespace EtcdSharp.Node.Loops;

/// <summary>
/// Keeps the log in memory from being cut while another member is sent the store, and for a while after it has it: it needs
/// every entry behind that store, and if those are gone when it comes for them it must be sent the store again, for as long
/// as there is load.
/// </summary>
internal sealed class LogHold
{
    /// <summary>To install the store and come for the log; etcd's figure.</summary>
    private const long AfterDeliveryNanoseconds = 30_000_000_000;

    private int _sending;
    private long _until = long.MinValue;

    /// <summary>Any thread, before the store is taken.</summary>
    public void Begin() => Interlocked.Increment(ref _sending);

    /// <summary>Any thread: it was sent, or could not be; once for each beginning.</summary>
    public void End() => Interlocked.Decrement(ref _sending);

    /// <summary>Any thread: another member has the store; before <see cref="End"/>.</summary>
    public void Delivered(long nowNanoseconds) => Volatile.Write(ref _until, nowNanoseconds + AfterDeliveryNanoseconds);

    public bool Holds(long nowNanoseconds) => Volatile.Read(ref _sending) != 0 || nowNanoseconds < Volatile.Read(ref _until);
}
