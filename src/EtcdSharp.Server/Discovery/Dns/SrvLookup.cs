using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace EtcdSharp.Server.Discovery.Dns;

/// <summary>Asks name servers for SRV records, which the framework's own resolver does not know: over UDP, and over TCP what is too long.</summary>
internal sealed class SrvLookup(IReadOnlyList<IPEndPoint> servers)
{
    private const int NameServerPort = 53;
    private const int DatagramBytesMax = 4096;
    private const int NoSuchName = 3;

    /// <summary>How often each server is asked, and how long it is waited for; the resolver's usual figures.</summary>
    private const int Attempts = 2;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>The name servers that the system's resolver asks.</summary>
    public static IReadOnlyList<IPEndPoint> SystemServers()
    {
        const string configuration = "/etc/resolv.conf";
        var found = File.Exists(configuration)
            ? File.ReadLines(configuration)
                .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words is ["nameserver", _, ..])
                .Select(words => IPAddress.TryParse(words[1], out var address) ? new IPEndPoint(address, NameServerPort) : null)
                .OfType<IPEndPoint>()
                .ToList()
            : [];
        return found.Count != 0 ? found : [new IPEndPoint(IPAddress.Loopback, NameServerPort)];
    }

    /// <summary>The records of a name; empty with the problem where there are none.</summary>
    public async Task<(IReadOnlyList<SrvRecord> Records, string? Problem)> FindAsync(string name, CancellationToken cancellation)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        if (SrvMessage.Question(id, name) is not { } question)
        {
            return ([], $"lookup {name}: no such host");
        }

        var problem = $"lookup {name}: no name server answers";
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            foreach (var server in servers)
            {
                var (answer, failure) = await AskAsync(server, id, question, cancellation).ConfigureAwait(false);
                if (answer is { Code: 0, Records.Count: > 0 })
                {
                    return (answer.Records, null);
                }

                if (answer is { Code: 0 or NoSuchName })
                {
                    return ([], $"lookup {name} on {server}: no such host");
                }

                problem = $"lookup {name} on {server}: {failure ?? "server misbehaving"}";
            }
        }

        return ([], problem);
    }

    private static async Task<(SrvAnswer? Answer, string? Failure)> AskAsync(
        IPEndPoint server,
        ushort id,
        byte[] question,
        CancellationToken cancellation
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_patience);
        try
        {
            var answer = await AskByDatagramAsync(server, id, question, limit.Token).ConfigureAwait(false);
            return answer.IsTruncated
                ? (await AskByConnectionAsync(server, id, question, limit.Token).ConfigureAwait(false), null)
                : (answer, null);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return (null, e.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, "i/o timeout");
        }
    }

    private static async Task<SrvAnswer> AskByDatagramAsync(
        IPEndPoint server,
        ushort id,
        byte[] question,
        CancellationToken limit
    )
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, limit).ConfigureAwait(false);
        await socket.SendAsync(question, limit).ConfigureAwait(false);
        var buffer = new byte[DatagramBytesMax];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, limit).ConfigureAwait(false);

            // Whatever else comes to this port is not what was asked for.
            if (SrvMessage.Answer(id, buffer.AsSpan(0, received)) is { } answer)
            {
                return answer;
            }
        }
    }

    private static async Task<SrvAnswer?> AskByConnectionAsync(
        IPEndPoint server,
        ushort id,
        byte[] question,
        CancellationToken limit
    )
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, limit).ConfigureAwait(false);
        await using var stream = new NetworkStream(socket);
        var framed = new byte[sizeof(ushort) + question.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)question.Length);
        question.CopyTo(framed, sizeof(ushort));
        await stream.WriteAsync(framed, limit).ConfigureAwait(false);
        var length = new byte[sizeof(ushort)];
        await stream.ReadExactlyAsync(length, limit).ConfigureAwait(false);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(message, limit).ConfigureAwait(false);
        return SrvMessage.Answer(id, message);
    }
}
