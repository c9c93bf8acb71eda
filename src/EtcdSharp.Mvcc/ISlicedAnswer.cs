namespace EtcdSharp.Mvcc;

/// <summary>An answer, or a part of one, whose size is known and whose bytes are fetched from the store a slice at a time.</summary>
internal interface ISlicedAnswer : IDisposable
{
    /// <summary>All bytes of it.</summary>
    long Bytes { get; }

    /// <summary>Once true, what was written may have holes: a compaction has waited for this read long enough.</summary>
    bool IsOvertaken { get; }

    /// <summary>Fills <paramref name="destination"/> with what follows, looking at <paramref name="keysMax"/> keys at most; true when all is written.</summary>
    bool Write(Span<byte> destination, int keysMax, out int length);
}
