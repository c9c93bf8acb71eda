using EtcdSharp.Replica.Requests;
using EtcdSharp.Simulation.Clients;

namespace EtcdSharp.Cluster.Clients;

/// <summary>One call as the client saw it; times are nanoseconds since the history began.</summary>
/// <param name="Member">Whom it asked.</param>
internal sealed record Call(ulong Id, RequestKind Kind, IMessage Request, bool IsSerializable, string Member, long InvokedAt)
{
    /// <summary>When the answer came; null for a call that nobody knows the outcome of.</summary>
    public long? AnsweredAt { get; set; }

    public Answer? Answer { get; set; }

    /// <summary>Why there is no answer.</summary>
    public string? Problem { get; set; }

    public override string ToString() =>
        $"{InvokedAt / 1e9, 10:F4}s {Member} #{Id} {Kind}{(IsSerializable ? " serializable" : "")} {Request} -> "
        + (Answer is null ? Problem ?? "no answer" : $"{AnsweredAt / 1e9:F4}s revision {Answer.Revision} {Answer.Response}");
}
