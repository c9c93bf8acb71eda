using System.Globalization;
using System.Net.Sockets;

namespace EtcdSharp.Hostile;

/// <summary>Connections that say nothing must not take the file descriptors that the log and the store need.</summary>
public sealed class IdleConnectionTests
{
    private const int DescriptorsMax = 600;
    private const int Connections = 1_000;
    private const int PutsPerSnapshot = 100;

    [Theory]
    [InlineData(ServerKind.Ours)]
    [InlineData(ServerKind.Real)]
    public async Task ConnectionsLeaveFileDescriptorsForTheMember(ServerKind kind)
    {
        var folder = Directory.CreateTempSubdirectory("etcdsharp-limited-");
        try
        {
            var program = LimitedProgram(kind, folder.FullName);
            await using var round = await AttackRound.StartAsync(
                kind,
                new ServerOptions(["--snapshot-count", $"{PutsPerSnapshot}", "--log-level", "warn"], Program: program)
            );
            await round.RunAsync(async () =>
            {
                var idle = new List<Socket>();
                try
                {
                    for (var i = 0; i < Connections; i++)
                    {
                        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                        idle.Add(socket);

                        // The backlog takes what the member does not; beyond it a connection waits, which is the point.
                        using var enough = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
                        try
                        {
                            await socket.ConnectAsync(round.Server.Address.Host, round.Server.Address.Port, enough.Token);
                        }
                        catch (OperationCanceledException)
                        {
                            break;
                        }
                    }

                    // Every hundred of them the member writes a snapshot, for which it needs files.
                    await round.PutsAsync(5 * PutsPerSnapshot);
                }
                finally
                {
                    idle.ForEach(static socket => socket.Dispose());
                }
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The member's program, started with few file descriptors.</summary>
    private static string LimitedProgram(ServerKind kind, string folder)
    {
        var program = kind == ServerKind.Real ? Programs.RealEtcd ?? "" : Programs.OurEtcd;
        var path = Path.Combine(folder, "etcd");
        File.WriteAllText(
            path,
            string.Create(CultureInfo.InvariantCulture, $"#!/bin/sh\nulimit -n {DescriptorsMax}\nexec '{program}' \"$@\"\n")
        );
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
