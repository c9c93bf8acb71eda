using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Mvcc.Tests.Watch;

/// <summary>A store of nothing but history: what was written, in a list, and hooks where the real one runs beside others.</summary>
internal sealed class FakeHistory : IWatchHistory
{
    private readonly List<List<FakeChange>> _revisions =
    [
        [],
        [],
    ];
    private readonly MvccEvents _notified = new();

    public WatchHub? Hub { get; set; }

    /// <summary>Runs between the notification of a revision and its publication.</summary>
    public Action? AfterNotify { get; set; }

    /// <summary>Runs when history has been read and not yet given: what another thread could do meanwhile.</summary>
    public Action? AfterRead { get; set; }

    public long CurrentRevision { get; private set; } = 1;

    public long CompactedRevision { get; private set; } = -1;

    public int Reads { get; private set; }

    public IReadOnlyList<FakeChange> ChangesAt(long revision) => _revisions[(int)revision];

    public long Write(params FakeChange[] changes)
    {
        var revision = _revisions.Count;
        _revisions.Add([.. changes]);
        _notified.Clear();
        Fill(_notified, revision);
        Hub?.Notify(_notified);
        AfterNotify?.Invoke();
        CurrentRevision = revision;
        return revision;
    }

    public void Compact(long revision) => CompactedRevision = Math.Max(CompactedRevision, revision);

    public MvccStatus ReadHistory(long fromRevision, long toRevision, long bytesMax, MvccEvents events, out long nextRevision)
    {
        Reads++;
        events.Clear();
        nextRevision = fromRevision;
        if (fromRevision < CompactedRevision)
        {
            return MvccStatus.Compacted;
        }

        while (nextRevision <= toRevision && events.Bytes < bytesMax)
        {
            Fill(events, nextRevision++);
        }

        AfterRead?.Invoke();
        return MvccStatus.Ok;
    }

    public byte[]? ReadKeyValue(ReadOnlySpan<byte> key, long revision)
    {
        for (var at = revision; at > 1; at--)
        {
            foreach (var change in _revisions[(int)at])
            {
                if (key.SequenceEqual(change.Key))
                {
                    return change.Value is null ? null : Encode(change, at, out _);
                }
            }
        }

        return null;
    }

    private static void Fill(MvccEvents events, long revision, List<FakeChange> changes)
    {
        foreach (var change in changes)
        {
            if (change.Value is null)
            {
                events.AddDelete(revision, change.Key);
            }
            else
            {
                var encoded = Encode(change, revision, out var keyStart);
                events.AddPutCopy(revision, encoded, keyStart, change.Key.Length);
            }
        }
    }

    private static byte[] Encode(FakeChange change, long revision, out int keyStart)
    {
        var buffer = new byte[change.Key.Length + change.Value!.Length + 64];
        var writer = new ProtoWriter(buffer);
        writer.WriteBytesField(1, change.Key);
        keyStart = writer.Position - change.Key.Length;
        writer.WriteField(2, change.CreateRevision == 0 ? revision : change.CreateRevision);
        writer.WriteField(3, revision);
        writer.WriteField(4, 1L);
        writer.WriteBytesField(5, change.Value);
        return buffer[..writer.Position];
    }

    private void Fill(MvccEvents events, long revision) => Fill(events, revision, _revisions[(int)revision]);
}
