using EtcdSharp.Api.Errors;
using EtcdSharp.Replica.Requests;
using Google.Protobuf;

namespace EtcdSharp.Simulation.Checking;

/// <summary>What the model says that an entry does.</summary>
/// <param name="Revision">The store's revision after it.</param>
/// <param name="Compacted">The compacted revision after it.</param>
/// <param name="Response">Null where responses are not compared.</param>
internal sealed record Outcome(
    ulong Index,
    ulong Id,
    RequestKind Kind,
    EtcdError? Error,
    long Revision,
    long Compacted,
    IMessage? Response
)
{
    /// <summary>The response as members encode it; null when that differs from member to member.</summary>
    public byte[]? Written { get; } = Kind is RequestKind.Put or RequestKind.DeleteRange ? Response?.ToByteArray() : null;
}
