using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Mirroring;

/// <summary>What is mirrored, and how the destination is reached.</summary>
internal sealed class MirrorOptions(FlagSet flags)
{
    private const long DefaultTransactionOperations = 128;

    private readonly StringFlag prefix = flags.String("prefix", "", "Key-value prefix to mirror");
    private readonly Int64Flag revision = flags.Int64("rev", 0, "Specify the kv revision to start to mirror");

    private readonly UInt64Flag maxOperations = flags.UInt64(
        "max-txn-ops",
        DefaultTransactionOperations,
        "Maximum number of operations permitted in a transaction during syncing updates."
    );

    private readonly StringFlag destinationPrefix = flags.String(
        "dest-prefix",
        "",
        "destination prefix to mirror a prefix to a different prefix in the destination cluster"
    );

    private readonly BoolFlag withoutPrefix = flags.Bool(
        "no-dest-prefix",
        "mirror key-values to the root of the destination cluster"
    );

    private readonly StringFlag cert = flags.String(
        "dest-cert",
        "",
        "Identify secure client using this TLS certificate file for the destination cluster"
    );

    private readonly StringFlag key = flags.String("dest-key", "", "Identify secure client using this TLS key file");

    private readonly StringFlag caCert = flags.String(
        "dest-cacert",
        "",
        "Verify certificates of TLS enabled secure servers using this CA bundle"
    );

    private readonly BoolFlag insecure = flags.Bool(
        "dest-insecure-transport",
        "Disable transport security for client connections",
        value: true
    );

    private readonly StringFlag user = flags.String(
        "dest-user",
        "",
        "Destination username[:password] for authentication (prompt if password is not supplied)"
    );

    private readonly StringFlag password = flags.String(
        "dest-password",
        "",
        "Destination password for authentication (if this option is used, --user option shouldn't include password)"
    );

    /// <summary>Changes are mirrored from here on, and what was there before is not; 0 mirrors what is there.</summary>
    public long FirstRevision => revision.Value;

    public int MaxTransactionOperations => (int)Math.Clamp(maxOperations.Value, 1, int.MaxValue);

    public MirrorPrefixes Prefixes()
    {
        if (withoutPrefix.Value && destinationPrefix.Value.Length > 0)
        {
            throw new CommandFailure(
                ExitCode.BadArguments,
                "`--dest-prefix` and `--no-dest-prefix` cannot be set at the same time, choose one"
            );
        }

        var source = (EtcdBytes)RawText.ToBytes(prefix.Value);
        var destination = (EtcdBytes)RawText.ToBytes(destinationPrefix.Value);

        // etcdctl takes the prefix over only where it copies what is there; from a revision on, it leaves it out.
        var takesOver = destination.IsEmpty && !withoutPrefix.Value && FirstRevision <= 1;
        return new MirrorPrefixes(source, takesOver ? source : destination);
    }

    public IEtcdClient Connect(string endpoint, GlobalFlags global, ProgramStreams streams)
    {
        var credentials = Credentials.Of(user.Value, password.Value, "Destination Password: ", streams);
        return ConnectionSettings.Connect(
            new EtcdClientOptions
            {
                Endpoints = [endpoint],
                User = credentials.User,
                Password = credentials.Password,
                ConnectTimeout = ConnectionSettings.Bounded(global.DialTimeout.Value),
                KeepAliveTime = ConnectionSettings.Probe(global.KeepAliveTime.Value),
                KeepAliveTimeout = ConnectionSettings.Probe(global.KeepAliveTimeout.Value),
                Tls = TlsSettings.Of(cert.Value, key.Value, caCert.Value, insecure.Value),
            }
        );
    }
}
