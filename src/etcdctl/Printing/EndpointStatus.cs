using EtcdSharp.Api;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>What the member at an endpoint says of itself.</summary>
internal sealed record EndpointStatus(string Endpoint, StatusResponse Status);
