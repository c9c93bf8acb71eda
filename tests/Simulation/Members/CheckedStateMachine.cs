using EtcdSharp.Raft;
using EtcdSharp.Server.Apply;
using EtcdSharp.Server.Edge.Grpc;
using EtcdSharp.Server.Node;
using EtcdSharp.Simulation.Faults;

namespace EtcdSharp.Simulation.Members;

/// <summary>The program's state machine, every result of which is compared with the model's.</summary>
internal sealed class CheckedStateMachine(SimMember member, StateMachine machine) : IStateMachine
{
    private Entry? _deferred;

    public ApplyResult Apply(in Entry entry, in DecodedRequest request, bool someoneWaits)
    {
        if (_deferred is null && DefectiveEntries.Defers(member))
        {
            _deferred = entry;
            return Check(entry, ApplyResult.Done(member.Store.Kv.CurrentRevision));
        }

        var tampered = DefectiveEntries.Tamper(member, entry);
        var result = tampered.Data.Equals(entry.Data) ? machine.Apply(entry, request, someoneWaits: true) : ApplyWhole(tampered);
        if (_deferred is { } deferred)
        {
            _deferred = null;
            ApplyWhole(deferred);
        }

        return Check(entry, result);
    }

    public void ApplyEmpty(in Entry entry)
    {
        machine.ApplyEmpty(entry);
        member.World.Note($"member {member.Number} applies the first entry of term {entry.Term}, leads {member.State.IsLeader}");
        Check(entry, default);
    }

    public void ApplyLegacy(in Entry entry) => machine.ApplyLegacy(entry);

    public ApplyResult ApplyConfiguration(in Entry entry, ConfChange change, Func<ConfChange, ConfState> takeEffect) =>
        Check(entry, machine.ApplyConfiguration(entry, change, takeEffect));

    public bool MustHold(in ApplyResult result) => machine.MustHold(result);

    /// <summary>As the program does, but on this thread: the alarm first, then the answer.</summary>
    public void Hold(IAppliedRequest request)
    {
        var raised = QuotaGuard.RaiseAsync(member.Log, CancellationToken.None).ConfigureAwait(false).GetAwaiter();
        if (raised.IsCompleted)
        {
            request.Complete();
        }
        else
        {
            raised.UnsafeOnCompleted(request.Complete);
        }
    }

    private ApplyResult ApplyWhole(in Entry entry)
    {
        RequestEncoding.TryDecode(entry.Data.Span, out var request);
        return machine.Apply(entry, request, someoneWaits: true);
    }

    private ApplyResult Check(in Entry entry, in ApplyResult result)
    {
        member.World.State.Applied(member, entry, result);
        member.AppliedSomething();
        return result;
    }
}
