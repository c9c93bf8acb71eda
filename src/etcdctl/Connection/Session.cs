using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Printing;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>One command's connection and output, as the global options say.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly ConnectionSettings settings;

    private Session(GlobalFlags global, CommandContext context)
    {
        settings = ConnectionSettings.Read(global, context);
        Global = global;
        Context = context;
        Printer = Printer.Create(global, context.Streams);
        Client = settings.Connect(settings.Endpoints);
    }

    public GlobalFlags Global { get; }

    public CommandContext Context { get; }

    public IEtcdClient Client { get; }

    public Printer Printer { get; }

    public IReadOnlyList<string> Endpoints => settings.Endpoints;

    /// <summary>Runs a command with a connection.</summary>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(GlobalFlags global, CommandContext context, Func<Session, Task> command)
    {
        await using var session = new Session(global, context);
        await command(session);
        return ExitCode.Success;
    }

    /// <summary>Another client with the same options, for one endpoint alone.</summary>
    public IEtcdClient ConnectTo(string endpoint) => settings.Connect([endpoint]);

    /// <summary>Makes a call that may take as long as <c>--command-timeout</c> says.</summary>
    /// <param name="call">The call.</param>
    /// <param name="exitCode">What the program ends with when it fails.</param>
    /// <param name="wrap">Makes the message from that of the failure.</param>
    /// <exception cref="CommandFailure">It failed.</exception>
    public async Task<T> CallAsync<T>(
        Func<CancellationToken, Task<T>> call,
        int exitCode = ExitCode.Error,
        Func<string, string>? wrap = null
    )
    {
        using var limit = new CancellationTokenSource(Global.CommandTimeout.Value);
        return await CallAsync(call, limit.Token, exitCode, wrap);
    }

    /// <summary>Makes a call that takes as long as it takes.</summary>
    public Task<T> CallPatientlyAsync<T>(
        Func<CancellationToken, Task<T>> call,
        int exitCode = ExitCode.Error,
        Func<string, string>? wrap = null
    ) => CallAsync(call, CancellationToken.None, exitCode, wrap);

    public ValueTask DisposeAsync() => Client.DisposeAsync();

    private async Task<T> CallAsync<T>(
        Func<CancellationToken, Task<T>> call,
        CancellationToken limit,
        int exitCode,
        Func<string, string>? wrap
    )
    {
        try
        {
            return await call(limit);
        }
        catch (Exception failure) when (failure is EtcdException or OperationCanceledException)
        {
            var message = FailureText.Of(failure);
            throw new CommandFailure(exitCode, wrap is null ? message : wrap(message), failure);
        }
    }
}
