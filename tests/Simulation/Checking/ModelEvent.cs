using EtcdSharp.Api.Mvccpb;

namespace EtcdSharp.Simulation.Checking;

/// <summary>One change of one key; <paramref name="Value"/> is as a watch shows it.</summary>
internal sealed record ModelEvent(long Revision, string Key, bool IsDelete, KeyValue Value);
