using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EtcdSharp.Harness;

/// <summary>A name server on loopback that knows some SRV records and nothing else.</summary>
public sealed class FakeNameServer : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Socket _datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _connections;

    public FakeNameServer()
    {
        // The same port must be free for both.
        _connections = new TcpListener(IPAddress.Loopback, 0);
        _connections.Start();
        Address = (IPEndPoint)_connections.LocalEndpoint;
        _datagrams.Bind(Address);
        _ = ServeDatagramsAsync();
        _ = ServeConnectionsAsync();
    }

    public IPEndPoint Address { get; }

    /// <summary>By the name asked for. Not changed while a question is on its way.</summary>
    public Dictionary<string, List<(int Priority, int Weight, int Port, string Target)>> Records { get; } =
        new(StringComparer.Ordinal);

    /// <summary>Says over UDP only that there is more than fits.</summary>
    public bool Truncates { get; set; }

    /// <summary>Sends something else before its first answer, which is no answer to the question.</summary>
    public bool SendsNoise { get; set; }

    /// <summary>What becomes of an answer on its way.</summary>
    public Func<byte[], byte[]> Damage { get; set; } = static answer => answer;

    public int AskedByConnection { get; private set; }

    public void Dispose()
    {
        _stopping.Cancel();
        _datagrams.Dispose();
        _connections.Dispose();
        _stopping.Dispose();
    }

    private async Task ServeDatagramsAsync()
    {
        var buffer = new byte[512];
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var got = await _datagrams.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stopping.Token);
                var question = buffer.AsMemory(0, got.ReceivedBytes);
                if (SendsNoise)
                {
                    SendsNoise = false;
                    var other = Answer(question.Span, truncated: false);
                    other[0] ^= 0xFF;
                    await _datagrams.SendToAsync(other, got.RemoteEndPoint);
                    await _datagrams.SendToAsync(new byte[] { 1, 2, 3 }, got.RemoteEndPoint);
                }

                await _datagrams.SendToAsync(Damage(Answer(question.Span, Truncates)), got.RemoteEndPoint);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeConnectionsAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using var client = await _connections.AcceptTcpClientAsync(_stopping.Token);
                var stream = client.GetStream();
                var length = new byte[2];
                await stream.ReadExactlyAsync(length);
                var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(question);
                AskedByConnection++;
                var answer = Answer(question, truncated: false);
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                await stream.WriteAsync((byte[])[.. length, .. answer]);
            }
            catch (Exception e)
                when (e is OperationCanceledException or ObjectDisposedException or IOException or SocketException)
            {
                return;
            }
        }
    }

    private byte[] Answer(ReadOnlySpan<byte> question, bool truncated)
    {
        var name = new StringBuilder();
        var place = 12;
        while (question[place] != 0)
        {
            name.Append(name.Length == 0 ? "" : ".").Append(Encoding.ASCII.GetString(question.Slice(place + 1, question[place])));
            place += 1 + question[place];
        }

        var known = Records.TryGetValue(name.ToString(), out var records);
        List<byte> message = [.. question[..(place + 5)]];
        message[10] = message[11] = 0; // the question's additional records are not repeated
        message[2] = (byte)(truncated ? 0x83 : 0x81);
        message[3] = (byte)(known ? 0x80 : 0x83);
        if (!known || truncated)
        {
            return [.. message];
        }

        message[7] = (byte)records!.Count;
        foreach (var (priority, weight, port, target) in records)
        {
            byte[] encoded =
            [
                .. target.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]),
                0,
            ];

            // The name of the record is a pointer to that of the question.
            message.AddRange([
                0xC0,
                12,
                0,
                33,
                0,
                1,
                0,
                0,
                0,
                60,
                0,
                (byte)(6 + encoded.Length),
                (byte)(priority >> 8),
                (byte)priority,
                (byte)(weight >> 8),
                (byte)weight,
                (byte)(port >> 8),
                (byte)port,
            ]);
            message.AddRange(encoded);
        }

        return [.. message];
    }
}
