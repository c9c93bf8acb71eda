using EtcdSharp.Mvcc;
using EtcdSharp.Mvcc.Index;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Replica.Txn;

/// <summary>Evaluates the conditions of a transaction against one state of the store.</summary>
internal static class TxnCompare
{
    /// <summary>
    /// True when the condition holds for every key in its range (or for the absent key). The range is walked, never
    /// collected, and no further than the first key that fails.
    /// </summary>
    public static bool Holds(in CompareArguments compare, IMvccReader reader)
    {
        // Revisions and versions are in the index; values, and the leases stored with them, are in the file.
        var isStored = compare.Target is CompareTarget.Value or CompareTarget.Lease;
        if (compare.RangeEnd.IsEmpty && !isStored)
        {
            return reader.TryGetVersion(compare.Key, out var only) ? HoldsForNumber(compare, only) : HoldsForAbsent(compare);
        }

        var visitor = new Visitor(compare);
        reader.Visit(compare.Key, compare.RangeEnd, isStored, ref visitor);
        return visitor.SawAny ? !visitor.Failed : HoldsForAbsent(compare);
    }

    /// <summary>An absent key has all its numbers zero, but no value, not even the empty one.</summary>
    private static bool HoldsForAbsent(in CompareArguments compare) =>
        compare.Target != CompareTarget.Value && HoldsForNumber(compare, default);

    private static bool HoldsForNumber(in CompareArguments compare, in KeyVersion version) =>
        Holds(
            compare.Result,
            compare.Target switch
            {
                CompareTarget.Create => version.Create.CompareTo(compare.OperandField == 5 ? compare.Number : 0),
                CompareTarget.Mod => version.Mod.CompareTo(compare.OperandField == 6 ? compare.Number : 0),
                CompareTarget.Version => version.Version.CompareTo(compare.OperandField == 4 ? compare.Number : 0),
                CompareTarget.Lease => 0L.CompareTo(compare.OperandField == 8 ? compare.Number : 0),
                _ => 0,
            }
        );

    private static bool HoldsForStored(in CompareArguments compare, in StoredKeyValue stored) =>
        Holds(
            compare.Result,
            compare.Target == CompareTarget.Value
                ? stored.Value.SequenceCompareTo(compare.OperandField == 7 ? compare.Value : default)
                : stored.Lease.CompareTo(compare.OperandField == 8 ? compare.Number : 0)
        );

    private static bool Holds(CompareResult wanted, int order) =>
        wanted switch
        {
            CompareResult.Equal => order == 0,
            CompareResult.NotEqual => order != 0,
            CompareResult.Greater => order > 0,
            CompareResult.Less => order < 0,
            _ => true,
        };

    private ref struct Visitor(CompareArguments compare) : IKeyVisitor
    {
        private readonly CompareArguments _compare = compare;

        public bool SawAny { get; private set; }

        public bool Failed { get; private set; }

        public bool Visit(in KeyVersion version, ReadOnlySpan<byte> encoded)
        {
            SawAny = true;
            Failed = encoded.IsEmpty
                ? !HoldsForNumber(_compare, version)
                : !HoldsForStored(_compare, StoredKeyValue.Parse(encoded));
            return !Failed;
        }
    }
}
