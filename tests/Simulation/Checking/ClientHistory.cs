using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Simulation.Clients;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Simulation.Checking;

/// <summary>
/// Linearizability of what clients were answered. The log is the witness of one order: every acknowledged write is in it
/// and answered as the model answers it there; every read shows the model at the revision it names; and whatever was
/// answered before a call began comes before the call in that order.
/// </summary>
internal sealed class ClientHistory(World world)
{
    public long KnownRevision { get; private set; }

    public ulong KnownIndex { get; private set; }

    public int AnsweredWrites { get; private set; }

    public int AnsweredReads { get; private set; }

    public Operation Invoked(Operation operation) =>
        operation with
        {
            InvokedAt = world.Now,
            KnownRevision = KnownRevision,
            KnownIndex = KnownIndex,
        };

    public void Answered(Operation operation, Answer answer)
    {
        if (operation.IsReplicated)
        {
            Written(operation, answer);
        }
        else if (operation.Request is RangeRequest range)
        {
            Read(operation, range, answer);
        }
    }

    private void Written(Operation operation, Answer answer)
    {
        AnsweredWrites++;
        var id = answer.RequestId == 0 ? operation.Id : answer.RequestId;
        var outcome =
            world.Model.Find(id) ?? throw new Violation("durability", $"request {id} is acknowledged and not in the log");
        if (outcome.Index <= operation.KnownIndex || outcome.Revision < operation.KnownRevision)
        {
            throw new Violation(
                "linearizability",
                $"a write got entry {outcome.Index} and revision {outcome.Revision}; entry {operation.KnownIndex} and revision {operation.KnownRevision} were answered before it began"
            );
        }

        if (answer.Error == EtcdError.NoSpace && outcome.Error is null && world.Shape.QuotaBytes > 0)
        {
            // The write is in the log and applied, and its revision is not told.
            return;
        }

        if (!ReferenceEquals(outcome.Error, answer.Error) || (outcome.Error is null && answer.Revision != outcome.Revision))
        {
            throw new Violation(
                "linearizability",
                $"a write at entry {outcome.Index} is answered with revision {answer.Revision} instead of {outcome.Revision}"
            );
        }

        if (outcome.Error is null && outcome.Response is not null && !outcome.Response.Equals(answer.Response))
        {
            throw new Violation(
                "linearizability",
                $"a write at entry {outcome.Index} is answered with {answer.Response} instead of {outcome.Response}"
            );
        }

        KnownIndex = Math.Max(KnownIndex, outcome.Index);
        KnownRevision = Math.Max(KnownRevision, outcome.Revision);
    }

    private void Read(Operation operation, RangeRequest request, Answer answer)
    {
        if (answer.Error is not null)
        {
            if (
                request.Revision == 0
                || (
                    request.Revision >= world.Model.Compacted
                    && request.Revision <= operation.KnownRevision
                    && !operation.IsSerializable
                )
            )
            {
                throw new Violation(
                    "linearizability",
                    $"a read at revision {request.Revision} is refused: {answer.Error.Message}"
                );
            }

            return;
        }

        AnsweredReads++;
        if (answer.Revision > world.Model.Revision)
        {
            throw new Violation(
                "linearizability",
                $"a read shows revision {answer.Revision}; only {world.Model.Revision} are committed"
            );
        }

        if (!operation.IsSerializable && answer.Revision < operation.KnownRevision)
        {
            throw new Violation(
                "linearizability",
                $"a read that began when revision {operation.KnownRevision} was known shows revision {answer.Revision}"
            );
        }

        var at = request.Revision > 0 ? request.Revision : answer.Revision;
        var expected = world.Model.Range(request, at);
        if (!expected.Equals(answer.Response))
        {
            throw new Violation("linearizability", $"a read at revision {at} shows {answer.Response} instead of {expected}");
        }

        if (!operation.IsSerializable)
        {
            KnownRevision = Math.Max(KnownRevision, answer.Revision);
        }
    }
}
