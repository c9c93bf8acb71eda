using EtcdSharp.Client;
using Microsoft.Extensions.DependencyInjection.Extensions;

// Beside the other registrations, so that the methods are found where services are registered.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the client with a service container: one <see cref="IEtcdClient"/> for the whole application.</summary>
/// <remarks>The container closes the client with itself, asynchronously, as a host does; dispose yours with <c>DisposeAsync</c>.</remarks>
public static class EtcdClientServiceCollectionExtensions
{
    /// <summary>Registers a client for a connection string, see <see cref="EtcdClientOptions.Parse"/>.</summary>
    /// <exception cref="FormatException">The connection string is none.</exception>
    public static IServiceCollection AddEtcdClient(this IServiceCollection services, string connectionString) =>
        services.AddEtcdClient(EtcdClientOptions.Parse(connectionString));

    /// <summary>Registers a client with these options. A client that is registered already stays the one.</summary>
    public static IServiceCollection AddEtcdClient(this IServiceCollection services, EtcdClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return services.AddEtcdClient(_ => options);
    }

    /// <summary>Registers a client whose options are made, from other services, when it is first asked for.</summary>
    public static IServiceCollection AddEtcdClient(
        this IServiceCollection services,
        Func<IServiceProvider, EtcdClientOptions> options
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton<IEtcdClient>(provider => new EtcdClient(options(provider)));
        return services;
    }

    /// <summary>Registers one of several clients under a key, for an application that talks to several clusters.</summary>
    public static IServiceCollection AddKeyedEtcdClient(
        this IServiceCollection services,
        object serviceKey,
        EtcdClientOptions options
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(serviceKey);
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddKeyedSingleton<IEtcdClient>(serviceKey, (_, _) => new EtcdClient(options));
        return services;
    }
}
