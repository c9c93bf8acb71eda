using EtcdSharp.Harness;

namespace EtcdSharp.Compare;

/// <summary>Something that both servers are put through.</summary>
internal abstract class Scenario(string name, string title)
{
    /// <summary>The name on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>The name in the table.</summary>
    public string Title { get; } = title;

    /// <summary>Why the scenario cannot run for a server, or null.</summary>
    public virtual string? WhyNot(ServerKind kind) => null;

    public abstract Task<IReadOnlyList<Measurement>> RunAsync(ServerKind kind, CompareOptions options);

    /// <summary>A server with the flags that it has by default, but for what it says.</summary>
    protected static Task<EtcdServer> StartAsync(
        ServerKind kind,
        string dataDirectory,
        IReadOnlyDictionary<string, string>? environment = null
    ) => EtcdServer.StartAsync(kind, new ServerOptions(["--log-level", "error"], environment, dataDirectory));

    /// <summary>Runs the work with a new data directory, which is gone afterwards.</summary>
    protected static async Task<T> InScratchAsync<T>(CompareOptions options, Func<string, Task<T>> work)
    {
        var folder = Directory.CreateDirectory(Path.Combine(options.ScratchFolder, $"data-{Guid.NewGuid():N}")).FullName;
        try
        {
            return await work(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
