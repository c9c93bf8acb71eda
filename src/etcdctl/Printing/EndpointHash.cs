using EtcdSharp.Api;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>The hash of the keys at an endpoint.</summary>
internal sealed record EndpointHash(string Endpoint, HashKVResponse Hash);
