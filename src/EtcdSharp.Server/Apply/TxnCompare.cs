using EtcdSharp.Mvcc;
using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Server.Apply;

/// <summary>Evaluates the conditions of a transaction against one state of the store.</summary>
internal static class TxnCompare
{
    /// <summary>True when the condition holds for every key in its range (or for the absent key).</summary>
    public static bool Holds(in CompareArguments compare, IMvccReader reader)
    {
        if (compare.RangeEnd.IsEmpty && compare.Target is not (CompareTarget.Value or CompareTarget.Lease))
        {
            return HoldsInIndex(compare, reader);
        }

        using var found = RangeResult.Rent();
        var query = new RangeQuery { Key = compare.Key, RangeEnd = compare.RangeEnd };
        if (reader.Range(query, found) != MvccStatus.Ok)
        {
            return false;
        }

        if (found.KeyValueCount == 0)
        {
            // An absent key has all its numbers zero, but no value, not even the empty one.
            return compare.Target != CompareTarget.Value && HoldsFor(compare, default);
        }

        for (var i = 0; i < found.KeyValueCount; i++)
        {
            if (!HoldsFor(compare, StoredKey.Read(found.KeyValue(i))))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The numbers of a single key are in the index; its value need not be fetched.</summary>
    private static bool HoldsInIndex(in CompareArguments compare, IMvccReader reader)
    {
        var stored = default(StoredKey);
        if (reader.TryGetVersion(compare.Key, out var version))
        {
            stored.CreateRevision = version.Create;
            stored.ModRevision = version.Mod;
            stored.Version = version.Version;
        }

        return HoldsFor(compare, stored);
    }

    private static bool HoldsFor(in CompareArguments compare, in StoredKey stored)
    {
        var order = compare.Target switch
        {
            CompareTarget.Value => stored.Value.SequenceCompareTo(compare.OperandField == 7 ? compare.Value : default),
            CompareTarget.Create => stored.CreateRevision.CompareTo(compare.OperandField == 5 ? compare.Number : 0),
            CompareTarget.Mod => stored.ModRevision.CompareTo(compare.OperandField == 6 ? compare.Number : 0),
            CompareTarget.Version => stored.Version.CompareTo(compare.OperandField == 4 ? compare.Number : 0),
            CompareTarget.Lease => stored.Lease.CompareTo(compare.OperandField == 8 ? compare.Number : 0),
            _ => 0,
        };
        return compare.Result switch
        {
            CompareResult.Equal => order == 0,
            CompareResult.NotEqual => order != 0,
            CompareResult.Greater => order > 0,
            CompareResult.Less => order < 0,
            _ => true,
        };
    }

    private ref struct StoredKey
    {
        public long CreateRevision;
        public long ModRevision;
        public long Version;
        public long Lease;
        public ReadOnlySpan<byte> Value;

        public static StoredKey Read(ReadOnlySpan<byte> keyValue)
        {
            var stored = default(StoredKey);
            var reader = new ProtoReader(keyValue);
            while (reader.NextField())
            {
                switch (reader.Field)
                {
                    case 2:
                        stored.CreateRevision = reader.ReadInt64();
                        break;
                    case 3:
                        stored.ModRevision = reader.ReadInt64();
                        break;
                    case 4:
                        stored.Version = reader.ReadInt64();
                        break;
                    case 5:
                        stored.Value = reader.ReadBytes();
                        break;
                    case 6:
                        stored.Lease = reader.ReadInt64();
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            return reader.Failed ? throw new InvalidDataException("a stored key-value cannot be read") : stored;
        }
    }
}
