using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Programs.Etcd;

/// <summary>
/// Tells the service manager that the member serves, where it waits for that (systemd: Type=notify). One datagram is the whole
/// protocol (sd_notify(3)); the library for it would bring the generic host into the program.
/// </summary>
internal static partial class ReadyNotification
{
    private const string SocketVariable = "NOTIFY_SOCKET";

    public static void Send(ILogger logger)
    {
        LogNotifying(logger);
        if (Environment.GetEnvironmentVariable(SocketVariable) is { Length: > 0 } path)
        {
            try
            {
                Send(path, "READY=1"u8);
            }
            catch (Exception refused) when (refused is SocketException or ArgumentException)
            {
                LogFailed(logger, refused.Message);
                return;
            }
        }

        LogNotified(logger);
    }

    private static void Send(string path, ReadOnlySpan<byte> state)
    {
        // A name that begins with @ is none of the file system: its first byte is zero on the wire.
        var name = path[0] == '@' ? '\0' + path[1..] : path;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(name));
        socket.Send(state);
    }

    [LoggerMessage(LogLevel.Information, "notifying init daemon")]
    private static partial void LogNotifying(ILogger logger);

    [LoggerMessage(LogLevel.Information, "successfully notified init daemon")]
    private static partial void LogNotified(ILogger logger);

    [LoggerMessage(LogLevel.Error, "failed to notify systemd for readiness")]
    private static partial void LogFailed(ILogger logger, string error);
}
