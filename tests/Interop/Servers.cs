namespace EtcdSharp.Interop;

/// <summary>Servers on a given data directory, with settings that let snapshots and log segments come and go in a short test.</summary>
internal static class Servers
{
    public static Task<EtcdServer> StartAsync(ServerKind kind, string dataDirectory, string emulatedVersion) =>
        EtcdServer.StartAsync(
            kind,
            new ServerOptions(
                Arguments:
                [
                    "--log-level",
                    "warn",
                    "--snapshot-count",
                    "40",
                    "--election-timeout",
                    "500",
                    .. kind == ServerKind.Ours ? new[] { "--emulated-version", emulatedVersion } : [],
                ],
                DataDirectory: dataDirectory
            )
        );
}
