using System.Runtime.InteropServices;
using EtcdSharp.Mvcc.Watch;

namespace EtcdSharp.Edge.Grpc;

/// <summary>
/// The messages of a response, one after the other: a response that is too large for one is split between events, where the
/// client has allowed it. A fragment has as many events as stay below the limit, and at least one; all but the last say that more
/// follows. Previous key-values are read for the message that is asked for, so those of a deleted range of any size are never
/// in memory together.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct WatchFragments(
    WatchResponse response,
    ulong raftTerm,
    WatchMessageMarshaller marshaller,
    Func<IWatchHistory> history,
    int bytesMax
)
{
    private readonly int _count = response.Selection.Count;
    private readonly bool _splits = response.Watcher is { AllowsFragments: true } && response.Selection.Count > 1;
    private int _first;
    private bool _isDone;

    /// <summary>The event that did not fit into the message before, where it had to be read for that.</summary>
    private byte[]? _carried;

    /// <summary>False when the response is complete.</summary>
    public bool TryNext(out WatchMessage message)
    {
        message = new WatchMessage(response, _first, _count - _first, IsFragment: false, raftTerm);
        if (_isDone)
        {
            return false;
        }

        var head = marshaller.SizeOfHead(message);
        var headOfFragment = _splits ? marshaller.SizeOfHead(message with { IsFragment = true }) : head;
        long bytes = 0;
        byte[]?[]? own = null;
        var taken = 0;
        for (; _first + taken < _count; taken++)
        {
            var length = Read(_first + taken, out var read);
            var fits = headOfFragment + bytes + length < bytesMax;
            var isWhole = _first == 0 && taken == _count - 1 && head + bytes + length < bytesMax;
            if (_splits && taken > 0 && !fits && !isWhole)
            {
                _carried = read;
                break;
            }

            bytes += length;
            if (read is not null && head + bytes <= int.MaxValue)
            {
                own ??= new byte[]?[_count - _first];
                own[taken] = read;
            }
            else if (read is not null)
            {
                // It is going to be refused for its size; nobody asks for its events.
                own = null;
            }
        }

        _first += taken;
        _isDone = _first == _count;
        message = message with { Count = taken, IsFragment = !_isDone, EventBytes = bytes, Own = own };
        return true;
    }

    /// <summary>The length of an event, and the event itself where its batch does not keep it.</summary>
    private int Read(int i, out byte[]? read)
    {
        var batch = response.Batch!;
        var place = response.Selection[i];
        if (!response.Watcher!.WantsPrevious)
        {
            read = null;
            return batch.Framed(place).Length;
        }

        if (i == _first && _carried is { } carried)
        {
            (read, _carried) = (carried, null);
            return carried.Length;
        }

        read = batch.ReadWithPrevious(place, history());
        return read?.Length ?? batch.KeptWithPrevious(place).Length;
    }
}
