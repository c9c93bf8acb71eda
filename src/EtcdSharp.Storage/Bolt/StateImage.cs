namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// A committed state as a file of its own: two fresh meta pages that both lead to it, then all pages up to the
/// high-water mark. Pages that are free in this state may have been overwritten meanwhile; nothing leads to them.
/// </summary>
internal static unsafe class StateImage
{
    /// <summary>64 kB: what one step of a copy hands to the stream.</summary>
    private const int ChunkBytes = 64 * 1024;

    public static long WriteTo(CommittedState state, Stream stream)
    {
        long length = Length(state);
        long head = HeadBytes(state);
        stream.Write(Head(state));
        for (long offset = head; offset < length; offset += ChunkBytes)
        {
            int count = (int)Math.Min(ChunkBytes, length - offset);
            stream.Write(new ReadOnlySpan<byte>(state.RawPage(0) + offset, count));
        }

        return length;
    }

    public static int Read(CommittedState state, long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        int done = 0;
        long head = HeadBytes(state);
        if (offset < head)
        {
            ReadOnlySpan<byte> meta = Head(state).AsSpan((int)offset);
            done = Math.Min(meta.Length, buffer.Length);
            meta[..done].CopyTo(buffer);
        }

        long from = offset + done;
        int rest = (int)Math.Clamp(Length(state) - from, 0, buffer.Length - done);
        new ReadOnlySpan<byte>(state.RawPage(0) + from, rest).CopyTo(buffer[done..]);
        return done + rest;
    }

    private static long Length(CommittedState state) => (long)state.Meta.HighWaterMark * state.PageSize;

    private static long HeadBytes(CommittedState state) => (long)PageFormat.FirstDataPage * state.PageSize;

    private static byte[] Head(CommittedState state)
    {
        byte[] head = new byte[HeadBytes(state)];
        MetaPage meta = state.Meta;
        meta.WriteTo(head.AsSpan(0, state.PageSize), 0);
        MetaPage older = meta with { TransactionId = meta.TransactionId == 0 ? 0 : meta.TransactionId - 1 };
        older.WriteTo(head.AsSpan(state.PageSize), 1);
        return head;
    }
}
