using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EtcdSharp.Client;

/// <summary>
/// The addresses of a service, as the endpoint managers of other etcd clients (gRPC naming) store and read them: one key
/// <c>service/instance</c> each, with a small JSON document.
/// </summary>
/// <param name="client">Where they are.</param>
/// <param name="service">The name of the service, e.g. <c>shop/orders</c>.</param>
public sealed partial class ServiceRegistry(IEtcdClient client, string service)
{
    private readonly KeyRange all = KeyRange.Prefix(service + "/");

    /// <summary>Adds an instance or replaces it. With a lease it goes when its process does.</summary>
    public Task RegisterAsync(
        string instance,
        ServiceEndpoint endpoint,
        long lease = 0,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(instance);
        ArgumentNullException.ThrowIfNull(endpoint);
        var document = new StoredEndpoint { Addr = endpoint.Address, Metadata = endpoint.Metadata };
        var json = JsonSerializer.SerializeToUtf8Bytes(document, StoredJson.Default.StoredEndpoint);
        return client.Kv.PutAsync(KeyOf(instance), json, new PutOptions { Lease = lease }, cancellationToken);
    }

    /// <summary>Removes an instance.</summary>
    public Task UnregisterAsync(string instance, CancellationToken cancellationToken = default) =>
        client.Kv.DeleteAsync(KeyOf(instance), null, cancellationToken);

    /// <summary>All instances, by name. Documents that are none are left out.</summary>
    public async Task<IReadOnlyDictionary<string, ServiceEndpoint>> ListAsync(CancellationToken cancellationToken = default) =>
        Read(await client.Kv.GetAsync(all, null, cancellationToken));

    /// <summary>All instances now, and again all of them after each change.</summary>
    public async IAsyncEnumerable<IReadOnlyDictionary<string, ServiceEndpoint>> ResolveAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var result = await client.Kv.GetAsync(all, null, cancellationToken);
        var known = Read(result);
        yield return known;
        var options = new WatchOptions { StartRevision = result.Header.Revision + 1 };
        await using var watcher = await client.Watch.OpenAsync(all, options, cancellationToken);
        await foreach (var batch in watcher.ReadAllAsync(cancellationToken))
        {
            known = new Dictionary<string, ServiceEndpoint>(known, StringComparer.Ordinal);
            foreach (var change in batch.Events)
            {
                var endpoint = change.IsDelete ? null : Parse(change.KeyValue.Value);
                if (endpoint is null)
                {
                    known.Remove(InstanceOf(change.Key));
                }
                else
                {
                    known[InstanceOf(change.Key)] = endpoint;
                }
            }

            if (!batch.IsProgress)
            {
                yield return known;
            }
        }
    }

    private Dictionary<string, ServiceEndpoint> Read(GetResult result)
    {
        Dictionary<string, ServiceEndpoint> found = new(StringComparer.Ordinal);
        foreach (var keyValue in result.KeyValues)
        {
            if (Parse(keyValue.Value) is { } endpoint)
            {
                found[InstanceOf(keyValue.Key)] = endpoint;
            }
        }

        return found;
    }

    private static ServiceEndpoint? Parse(EtcdBytes json)
    {
        try
        {
            var document = JsonSerializer.Deserialize(json.Span, StoredJson.Default.StoredEndpoint);
            return document?.Addr is null ? null : new ServiceEndpoint(document.Addr, document.Metadata);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private EtcdBytes KeyOf(string instance) => $"{service}/{instance}";

    private string InstanceOf(EtcdBytes key) => key.ToString()[(service.Length + 1)..];

    /// <summary>The names and their spelling are those of the stored form.</summary>
    internal sealed class StoredEndpoint
    {
        public int Op { get; set; }

        public string? Addr { get; set; }

        public JsonElement? Metadata { get; set; }
    }

    [JsonSerializable(typeof(StoredEndpoint))]
    internal sealed partial class StoredJson : JsonSerializerContext;
}
