using EtcdSharp.Api.Mvccpb;

namespace EtcdSharp.Simulation.Checking;

/// <summary>One version of a key in the model; a deletion has no value.</summary>
internal sealed record ModelVersion(long Revision, KeyValue? Value);
