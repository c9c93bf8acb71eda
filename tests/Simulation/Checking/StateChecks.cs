using System.Buffers;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Raft;
using EtcdSharp.Replica;
using EtcdSharp.Simulation.Clients;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Simulation.Members;
using Google.Protobuf;

namespace EtcdSharp.Simulation.Checking;

/// <summary>State machine safety: every member does with every entry what the model does, and holds what it holds.</summary>
internal sealed class StateChecks(World world)
{
    private const int WholeStateEvery = 64;

    private readonly Dictionary<(long Revision, long Compacted), (uint Hash, int Member)> _hashes = [];
    private int _applied;

    public int HashesCompared { get; private set; }

    /// <summary>Compares what a member made of an entry.</summary>
    public void Applied(SimMember member, in Entry entry, in ApplyResult result)
    {
        if (entry.Index > world.Raft.CommittedIndex)
        {
            throw new Violation(
                "state machine safety",
                $"member {member.Number} applies entry {entry.Index}, which is not committed"
            );
        }

        var outcome = world.Model.OutcomeOf(entry.Index);
        if (entry.Type == EntryType.Normal && !entry.Data.IsEmpty)
        {
            Compare(member, outcome, result);
        }

        var revision = member.Store.Kv.CurrentRevision;
        if (revision != outcome.Revision)
        {
            throw new Violation(
                "state machine safety",
                $"member {member.Number} has revision {revision} after entry {entry.Index} ({outcome.Kind}); the model has {outcome.Revision}"
            );
        }

        if (++_applied % WholeStateEvery == 0)
        {
            Whole(member, entry.Index);
        }
    }

    /// <summary>A member has opened its store, after a start or a snapshot.</summary>
    public void Restored(SimMember member)
    {
        // Entries that are applied again were applied before; a store ahead of all that is committed is not possible.
        var index = member.Store.Backend.ConsistentIndex;
        if (index > world.Raft.CommittedIndex)
        {
            throw new Violation(
                "state machine safety",
                $"member {member.Number} has applied {index} of {world.Raft.CommittedIndex} committed entries"
            );
        }

        Whole(member, index);
    }

    public void CompareHash(SimMember member)
    {
        if (member.Store.Kv.HashKv(0, out var hash, out _) != MvccStatus.Ok)
        {
            return;
        }

        // Without any key at the revision the hash covers what compaction has not taken off the disk yet, in etcd too.
        if (!world.Model.AnyKeyAt(hash.Revision))
        {
            return;
        }

        var key = (hash.Revision, hash.CompactRevision);
        if (!_hashes.TryAdd(key, (hash.Hash, member.Number)))
        {
            HashesCompared++;
            if (_hashes[key].Hash != hash.Hash)
            {
                throw new Violation(
                    "equal hashes",
                    $"members {_hashes[key].Member} and {member.Number} differ at revision {hash.Revision}"
                );
            }
        }
    }

    /// <summary>Compares all that a member holds with the model after an entry.</summary>
    public void Whole(SimMember member, ulong index)
    {
        var (revision, compacted) = world.Model.After(index);
        var kv = member.Store.Kv;
        if (kv.CurrentRevision != revision || kv.CompactedRevision != compacted)
        {
            throw new Violation(
                "state equals the log",
                $"member {member.Number} is at revision {kv.CurrentRevision} (compacted {kv.CompactedRevision}) after entry {index}; the model says {revision} ({compacted})"
            );
        }

        using var found = RangeResult.Rent();
        var query = new RangeQuery { Key = "k"u8, RangeEnd = "l"u8 };
        kv.Range(query, found);
        var expected = world.Model.Range(
            new RangeRequest { Key = ByteString.CopyFromUtf8("k"), RangeEnd = ByteString.CopyFromUtf8("l") },
            revision
        );
        if (!RangeResponse.Parser.ParseFrom(found.Framed).Kvs.Equals(expected.Kvs))
        {
            throw new Violation(
                "state equals the log",
                $"member {member.Number} holds other keys than the model at revision {revision} (entry {index})"
            );
        }

        var leases = member.Store.Lessor.ListIds().Order();
        if (!leases.SequenceEqual(world.Model.LeasesAfter(index)))
        {
            throw new Violation(
                "state equals the log",
                $"member {member.Number} holds other leases than the model after entry {index}"
            );
        }
    }

    private static void Compare(SimMember member, Outcome outcome, in ApplyResult result)
    {
        // What does not fit any more is applied all the same; only the caller is told, by the member whose file is full.
        if (result.Error == EtcdError.NoSpace && outcome.Error is null && member.World.Shape.QuotaBytes > 0)
        {
            return;
        }

        if (!ReferenceEquals(result.Error, outcome.Error))
        {
            throw new Violation(
                "state machine safety",
                $"member {member.Number} answers entry {outcome.Index} ({outcome.Kind}) with {result.Error?.Message ?? "success"}; the model with {outcome.Error?.Message ?? "success"}"
            );
        }

        if (outcome.Response is null || outcome.Error is not null)
        {
            return;
        }

        var sequence = result.Body?.Written ?? default;
        var written = sequence.IsSingleSegment ? sequence.FirstSpan : sequence.ToArray();
        if (outcome.Written is { } expected && written.SequenceEqual(expected))
        {
            return;
        }

        var response = Responses.Read(outcome.Kind, written, result.Response);
        if (!outcome.Response.Equals(response))
        {
            throw new Violation(
                "state machine safety",
                $"member {member.Number} answers entry {outcome.Index} with {response}; the model with {outcome.Response}"
            );
        }
    }
}
