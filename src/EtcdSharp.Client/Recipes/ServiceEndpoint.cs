using System.Text.Json;

namespace EtcdSharp.Client;

/// <summary>Where one instance of a service listens.</summary>
/// <param name="Address">As its clients dial it, e.g. <c>10.0.0.1:80</c>.</param>
/// <param name="Metadata">What else there is to say, in JSON; null is nothing.</param>
public sealed record ServiceEndpoint(string Address, JsonElement? Metadata = null);
