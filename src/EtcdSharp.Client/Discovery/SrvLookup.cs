using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace EtcdSharp.Client;

/// <summary>Asks a name server for SRV records, over UDP, and over TCP where the answer is too long for that.</summary>
internal sealed class SrvLookup(IPEndPoint server)
{
    private const int Port = 53;
    private const int TriesMax = 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>At the system's first name server.</summary>
    public static SrvLookup OfSystem()
    {
        var address = NetworkInterface
            .GetAllNetworkInterfaces()
            .SelectMany(static one => one.GetIPProperties().DnsAddresses)
            .FirstOrDefault(IPAddress.Loopback);
        return new SrvLookup(new IPEndPoint(address, Port));
    }

    /// <exception cref="InvalidDataException">There is no such name, or no answer that makes sense.</exception>
    public async Task<List<SrvRecord>> FindAsync(string name, CancellationToken cancellationToken)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var question = SrvMessage.Question(id, name);
        try
        {
            var answer = await AskAsync(id, question, cancellationToken);
            if (SrvMessage.IsTruncated(answer))
            {
                answer = await AskInFullAsync(question, cancellationToken);
            }

            var records = SrvMessage.Read(answer);
            records.Sort(
                static (left, right) =>
                    left.Priority != right.Priority
                        ? left.Priority.CompareTo(right.Priority)
                        : right.Weight.CompareTo(left.Weight)
            );
            return records;
        }
        catch (Exception failure) when (failure is InvalidDataException or SocketException or EndOfStreamException)
        {
            throw new InvalidDataException($"lookup {name} on {server}: {failure.Message}", failure);
        }
    }

    private async Task<byte[]> AskAsync(ushort id, byte[] question, CancellationToken cancellationToken)
    {
        using var socket = new UdpClient(server.AddressFamily);
        socket.Connect(server);
        for (var tries = 0; tries < TriesMax; tries++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(s_patience);
            await socket.SendAsync(question, limit.Token);
            try
            {
                while (true)
                {
                    var received = await socket.ReceiveAsync(limit.Token);
                    if (SrvMessage.Answers(received.Buffer, id))
                    {
                        return received.Buffer;
                    }
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Datagrams get lost: the question is asked once more.
                continue;
            }
        }

        throw new InvalidDataException("i/o timeout");
    }

    private async Task<byte[]> AskInFullAsync(byte[] question, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_patience);
        using var socket = new TcpClient(server.AddressFamily);
        await socket.ConnectAsync(server, limit.Token);
        await using var stream = socket.GetStream();
        var framed = new byte[question.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)question.Length);
        question.CopyTo(framed, 2);
        await stream.WriteAsync(framed, limit.Token);
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, limit.Token);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(answer, limit.Token);
        return answer;
    }
}
