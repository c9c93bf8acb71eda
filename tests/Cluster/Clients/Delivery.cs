using EtcdSharp.Api.Mvccpb;

namespace EtcdSharp.Cluster.Clients;

/// <summary>One response of a watch as the client read it.</summary>
internal sealed record Delivery(long ArrivedAt, string Member, long Revision, bool IsCanceled, IReadOnlyList<Event> Events);
