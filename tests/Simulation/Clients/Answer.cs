using EtcdSharp.Api.Errors;
using Google.Protobuf;

namespace EtcdSharp.Simulation.Clients;

/// <summary>What a member answers: an error, or a revision and the response without its header.</summary>
internal sealed record Answer(EtcdError? Error, long Revision, IMessage? Response)
{
    /// <summary>The member could not say: nothing follows from the answer.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>The id under which a replicated request is in the log; 0 when it is the operation's own.</summary>
    public ulong RequestId { get; init; }

    public static Answer Unknown { get; } = new(null, 0, null) { IsUnknown = true };
}
