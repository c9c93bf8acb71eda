using EtcdSharp.Api.Errors;
using EtcdSharp.Server.Node;
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
);
