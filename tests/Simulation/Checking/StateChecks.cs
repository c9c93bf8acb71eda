using EtcdSharp.Api;
using EtcdSharp.Mvcc;
using EtcdSharp.Raft;
using EtcdSharp.Server.Apply;
using EtcdSharp.Server.Node;
using EtcdSharp.Simulation.Clients;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Simulation.Members;
using Google.Protobuf;

namespace EtcdSharp.Simulation.Checking;

/// <summary>State machine safety: every member does with every entry what the model does, and holds what it holds.</summary>
internal sealed class StateChecks(World world)
{
    private const int WholeStateEvery = 64;

    private readonly Dictionary<(long Revision, long Compacted), (uint Hash, ulong Member)> _hashes = [];
    private int _applied;

    public int HashesCompared { get; private set; }

    /// <summary>Compares what a member made of an entry; the answer for whoever waits, null when there is none.</summary>
    public Answer? Applied(SimMember member, in Entry entry, ApplyResult? result)
    {
        if (entry.Index > world.Raft.CommittedIndex)
        {
            throw new Violation(
                "state machine safety",
                $"member {member.Id} applies entry {entry.Index}, which is not committed"
            );
        }

        var outcome = world.Model.OutcomeOf(entry.Index);
        Answer? answer = null;
        if (result is { } made && entry.Type == EntryType.Normal)
        {
            answer = ToAnswer(outcome, made);
            Compare(member, outcome, answer);
        }

        var revision = member.Replica.Kv.CurrentRevision;
        if (revision != outcome.Revision)
        {
            throw new Violation(
                "state machine safety",
                $"member {member.Id} has revision {revision} after entry {entry.Index} ({outcome.Kind}); the model has {outcome.Revision}"
            );
        }

        if (++_applied % WholeStateEvery == 0)
        {
            Whole(member);
        }

        return answer;
    }

    /// <summary>A member has opened its store, after a start or a snapshot.</summary>
    public void Restored(SimMember member)
    {
        // Entries that are applied again were applied before; a store ahead of all that is committed is not possible.
        var index = member.Replica.Backend.ConsistentIndex;
        if (index > world.Raft.CommittedIndex)
        {
            throw new Violation(
                "state machine safety",
                $"member {member.Id} has applied {index} of {world.Raft.CommittedIndex} committed entries"
            );
        }

        Whole(member);
    }

    public void CompareHash(SimMember member)
    {
        if (member.Replica.Kv.HashKv(0, out var hash, out _) != MvccStatus.Ok)
        {
            return;
        }

        var key = (hash.Revision, hash.CompactRevision);
        if (!_hashes.TryAdd(key, (hash.Hash, member.Id)))
        {
            HashesCompared++;
            if (_hashes[key].Hash != hash.Hash)
            {
                throw new Violation(
                    "equal hashes",
                    $"members {_hashes[key].Member} and {member.Id} differ at revision {hash.Revision}"
                );
            }
        }
    }

    public void Whole(SimMember member)
    {
        var index = member.Replica.Backend.ConsistentIndex;
        var (revision, compacted) = world.Model.After(index);
        var kv = member.Replica.Kv;
        if (kv.CurrentRevision != revision || kv.CompactedRevision != compacted)
        {
            throw new Violation(
                "state equals the log",
                $"member {member.Id} is at revision {kv.CurrentRevision} (compacted {kv.CompactedRevision}) after entry {index}; the model says {revision} ({compacted})"
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
                $"member {member.Id} holds other keys than the model at revision {revision} (entry {index})"
            );
        }

        var leases = member.Replica.Lessor.ListIds().Order();
        if (!leases.SequenceEqual(world.Model.LeasesAfter(index)))
        {
            throw new Violation(
                "state equals the log",
                $"member {member.Id} holds other leases than the model after entry {index}"
            );
        }
    }

    private static Answer ToAnswer(Outcome outcome, in ApplyResult result)
    {
        using var body = result.Response as ResponseBody;
        var written = body is null ? default : body.Written;
        IMessage? response = outcome.Kind switch
        {
            RequestKind.Put => PutResponse.Parser.ParseFrom(written),
            RequestKind.DeleteRange => DeleteRangeResponse.Parser.ParseFrom(written),
            RequestKind.Txn => WithoutHeaders(TxnResponse.Parser.ParseFrom(written)),
            RequestKind.LeaseGrant => result.Response as IMessage,
            _ => null,
        };
        return new Answer(
            result.Error,
            result.Error is null ? result.Revision : outcome.Revision,
            result.Error is null ? response : null
        );
    }

    private static TxnResponse WithoutHeaders(TxnResponse response)
    {
        foreach (var operation in response.Responses)
        {
            if (operation.ResponsePut is { } put)
            {
                put.Header = null;
            }
            else if (operation.ResponseRange is { } range)
            {
                range.Header = null;
            }
            else if (operation.ResponseDeleteRange is { } delete)
            {
                delete.Header = null;
            }
        }

        return response;
    }

    private static void Compare(SimMember member, Outcome outcome, Answer answer)
    {
        if (!ReferenceEquals(answer.Error, outcome.Error))
        {
            throw new Violation(
                "state machine safety",
                $"member {member.Id} answers entry {outcome.Index} ({outcome.Kind}) with {answer.Error?.Message ?? "success"}; the model with {outcome.Error?.Message ?? "success"}"
            );
        }

        if (outcome.Response is not null && outcome.Error is null && !outcome.Response.Equals(answer.Response))
        {
            throw new Violation(
                "state machine safety",
                $"member {member.Id} answers entry {outcome.Index} with {answer.Response}; the model with {outcome.Response}"
            );
        }
    }
}
