namespace EtcdSharp.Mvcc.Index;

/// <summary>
/// Finds the record of one key without walking the tree: open addressing, one writer, readers without locks. Split
/// into shards so that growing moves a hundredth of the keys at a time and never holds up a write noticeably.
/// </summary>
internal sealed class KeyTable
{
    /// <summary>At 1 million keys a shard has 4,000, and growing it takes about a tenth of a millisecond.</summary>
    private const int ShardBits = 8;
    private const int FirstSlots = 8;

    /// <summary>Stands where a record was removed, so that a search goes on behind it.</summary>
    private static readonly KeyRecord Removed = new([], 0);

    private readonly Shard[] _shards = new Shard[1 << ShardBits];

    public KeyTable()
    {
        for (var i = 0; i < _shards.Length; i++)
        {
            _shards[i] = new Shard();
        }
    }

    public KeyRecord? Find(ReadOnlySpan<byte> key, uint hash)
    {
        var slots = Volatile.Read(ref _shards[hash >> (32 - ShardBits)].Slots);
        var mask = slots.Length - 1;
        for (var i = (int)hash & mask; ; i = (i + 1) & mask)
        {
            var record = Volatile.Read(ref slots[i]);
            if (record is null)
            {
                return null;
            }

            if (record.Hash == hash && record.Key.AsSpan().SequenceEqual(key) && !ReferenceEquals(record, Removed))
            {
                return record;
            }
        }
    }

    /// <summary>Adds the record of a key that is not there.</summary>
    public void Add(KeyRecord record)
    {
        var shard = _shards[record.Hash >> (32 - ShardBits)];
        if ((shard.Used + 1) * 8 > shard.Slots.Length * 5)
        {
            shard.Rebuild();
        }

        shard.Used++;
        shard.Live++;
        Place(shard.Slots, record);
    }

    public void Remove(KeyRecord record)
    {
        var shard = _shards[record.Hash >> (32 - ShardBits)];
        var mask = shard.Slots.Length - 1;
        for (var i = (int)record.Hash & mask; ; i = (i + 1) & mask)
        {
            var found = shard.Slots[i] ?? throw new InvalidOperationException("the key table does not hold a key of the tree");
            if (ReferenceEquals(found, record))
            {
                Volatile.Write(ref shard.Slots[i], Removed);
                shard.Live--;
                return;
            }
        }
    }

    private static void Place(KeyRecord?[] slots, KeyRecord record)
    {
        var mask = slots.Length - 1;
        var i = (int)record.Hash & mask;
        while (slots[i] is not null)
        {
            i = (i + 1) & mask;
        }

        Volatile.Write(ref slots[i], record);
    }

    private sealed class Shard
    {
        public KeyRecord?[] Slots = new KeyRecord?[FirstSlots];

        /// <summary>Slots taken by records and by removal marks.</summary>
        public int Used;
        public int Live;

        /// <summary>Moves the records to new slots, of which at most 3 in 8 are taken afterwards.</summary>
        public void Rebuild()
        {
            var length = FirstSlots;
            while ((Live + 1) * 8 > length * 3)
            {
                length *= 2;
            }

            var slots = new KeyRecord?[length];
            foreach (var record in Slots)
            {
                if (record is not null && !ReferenceEquals(record, Removed))
                {
                    Place(slots, record);
                }
            }

            Used = Live;
            Volatile.Write(ref Slots, slots);
        }
    }
}
