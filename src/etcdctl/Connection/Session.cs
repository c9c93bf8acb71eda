using EtcdSharp.Api.Errors;
using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Printing;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>One command's connection and output, as the global options say.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly ConnectionSettings settings;

    private Session(GlobalFlags global, CommandContext context, ConnectionSettings settings)
    {
        this.settings = settings;
        Global = global;
        Context = context;
        Printer = Printer.Create(global, context.Streams);
        Patient = settings.Connect(settings.Endpoints);
        Client = settings.InTime(Patient);
    }

    public GlobalFlags Global { get; }

    public CommandContext Context { get; }

    /// <summary>Its calls may take as long as <c>--command-timeout</c> says.</summary>
    public IEtcdClient Client { get; }

    /// <summary>Its calls take as long as they take.</summary>
    public IEtcdClient Patient { get; }

    public Printer Printer { get; }

    public IReadOnlyList<string> Endpoints => settings.Endpoints;

    /// <summary>Runs a command with a connection.</summary>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(GlobalFlags global, CommandContext context, Func<Session, Task> command)
    {
        await using var session = new Session(global, context, await ConnectionSettings.ReadAsync(global, context));
        await command(session);
        return ExitCode.Success;
    }

    /// <summary>A client with the same options for one endpoint alone.</summary>
    public EndpointClient ConnectTo(string endpoint) => new(settings, endpoint);

    /// <summary>Makes a call through <see cref="Client"/>, or with a patience of its own.</summary>
    /// <param name="call">The call.</param>
    /// <param name="exitCode">What the program ends with when it fails.</param>
    /// <param name="wrap">Makes the message from that of the failure.</param>
    /// <exception cref="CommandFailure">It failed.</exception>
    public static async Task<T> CallAsync<T>(Func<Task<T>> call, int exitCode = ExitCode.Error, Func<string, string>? wrap = null)
    {
        try
        {
            return await call();
        }
        catch (Exception failure) when (failure is EtcdException or OperationCanceledException)
        {
            var message = FailureText.Of(failure);

            // Who is not let in has no connection, whatever the call.
            return failure is EtcdException { Error: var error } && error == EtcdError.AuthFailed
                ? throw new CommandFailure(ExitCode.BadConnection, message, failure)
                : throw new CommandFailure(exitCode, wrap is null ? message : wrap(message), failure);
        }
    }

    /// <summary>A token that is cancelled when the time of <c>--command-timeout</c> is up, for calls that keep no time themselves.</summary>
    public CancellationTokenSource StartTime() => new(ConnectionSettings.Bounded(Global.CommandTimeout.Value));

    public ValueTask DisposeAsync() => Patient.DisposeAsync();
}
