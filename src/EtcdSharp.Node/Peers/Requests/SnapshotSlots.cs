using System.Diagnostics;

namespace EtcdSharp.Node.Peers.Requests;

/// <summary>
/// How many stores are received at once. One that comes slowly holds up no other: when all slots are taken, a newcomer takes that of
/// the one that has been the slowest since it began.
/// </summary>
internal sealed class SnapshotSlots
{
    /// <summary>
    /// One leader sends one store to a member; a second one comes when leadership moves meanwhile. Each takes a temporary file of the
    /// store's size and at most <see cref="PeerProtocol.SnapshotMessageBytesMax"/> of memory.
    /// </summary>
    public const int CountMax = 4;

    private readonly Lock _gate = new();
    private readonly List<Slot> _slots = [];

    public Slot Begin(CancellationToken aborted)
    {
        Slot? displaced = null;
        var slot = new Slot(this, aborted);
        lock (_gate)
        {
            if (_slots.Count >= CountMax)
            {
                displaced = _slots.MinBy(static one => one.BytesPerSecond)!;
                _slots.Remove(displaced);
            }

            _slots.Add(slot);
        }

        displaced?.Displace();
        return slot;
    }

    private void End(Slot slot)
    {
        lock (_gate)
        {
            _slots.Remove(slot);
        }
    }

    /// <summary>One store on its way.</summary>
    internal sealed class Slot(SnapshotSlots owner, CancellationToken aborted) : IDisposable
    {
        private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        private readonly Lock _ended = new();
        private readonly long _began = Stopwatch.GetTimestamp();
        private bool _disposed;
        private long _bytes;

        /// <summary>Its end: the sender has gone, or a newcomer has taken the slot.</summary>
        public CancellationToken Token => _ending.Token;

        public bool IsDisplaced { get; private set; }

        public double BytesPerSecond => Volatile.Read(ref _bytes) / Math.Max(Stopwatch.GetElapsedTime(_began).TotalSeconds, 1e-3);

        public void Received(int bytes) => Volatile.Write(ref _bytes, _bytes + bytes);

        public void Displace()
        {
            lock (_ended)
            {
                if (!_disposed)
                {
                    IsDisplaced = true;
                    _ending.Cancel();
                }
            }
        }

        public void Dispose()
        {
            owner.End(this);
            lock (_ended)
            {
                _disposed = true;
                _ending.Dispose();
            }
        }
    }
}
