namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>Whether an endpoint answers.</summary>
/// <param name="Endpoint">Where.</param>
/// <param name="Healthy">It has answered a linearizable read, and there is no alarm.</param>
/// <param name="Took">How long the answer took; empty where none was asked for.</param>
/// <param name="Error">What is wrong, or empty.</param>
internal sealed record EndpointHealth(string Endpoint, bool Healthy, string Took, string Error);
