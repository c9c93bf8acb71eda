using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Raft.Log;

/// <summary>
/// Sizes in bytes. The encoded size bounds messages and what is being applied; the payload, the data alone, bounds what
/// is in flight and uncommitted, so that an empty entry is free and a leader can always begin its term.
/// </summary>
internal static class EntrySizes
{
    public static ulong Encoded(ReadOnlySpan<Entry> entries)
    {
        ulong size = 0;
        foreach (ref readonly var entry in entries)
        {
            size += (ulong)RaftWire.SizeOf(entry);
        }

        return size;
    }

    public static ulong Payload(ReadOnlySpan<Entry> entries)
    {
        ulong size = 0;
        foreach (ref readonly var entry in entries)
        {
            size += (ulong)entry.Data.Length;
        }

        return size;
    }

    /// <summary>The longest head whose encoded sizes add up to the maximum at most, but at least one entry.</summary>
    public static ReadOnlyMemory<Entry> Limit(ReadOnlyMemory<Entry> entries, ulong maxBytes)
    {
        if (entries.Length <= 1 || maxBytes == RaftConfig.NoLimit)
        {
            return entries;
        }

        var span = entries.Span;
        var size = (ulong)RaftWire.SizeOf(span[0]);
        for (var count = 1; count < span.Length; count++)
        {
            size += (ulong)RaftWire.SizeOf(span[count]);
            if (size > maxBytes)
            {
                return entries[..count];
            }
        }

        return entries;
    }
}
