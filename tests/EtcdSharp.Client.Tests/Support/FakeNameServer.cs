using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EtcdSharp.Client.Tests.Support;

/// <summary>A name server that knows the SRV records a test gives it.</summary>
internal sealed class FakeNameServer : IAsyncDisposable
{
    private readonly UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Task serving;

    public FakeNameServer(Func<string, (ushort Priority, ushort Weight, ushort Port, string Target)[]> records) =>
        serving = ServeAsync(records);

    public IPEndPoint Address => (IPEndPoint)socket.Client.LocalEndPoint!;

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await serving;
    }

    public static byte[] Answer(byte[] question, (ushort Priority, ushort Weight, ushort Port, string Target)[] records)
    {
        List<byte> answer = [.. question];
        answer[2] = 0x81;
        answer[3] = records.Length == 0 ? (byte)0x83 : (byte)0x80;
        answer[7] = (byte)records.Length;
        foreach (var (priority, weight, port, target) in records)
        {
            var labels = target
                .Split('.')
                .SelectMany(static label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]);
            byte[] data = [.. Word(priority), .. Word(weight), .. Word(port), .. labels, 0];
            answer.AddRange([0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 60, .. Word((ushort)data.Length), .. data]);
        }

        return [.. answer];
    }

    private static byte[] Word(ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }

    private async Task ServeAsync(Func<string, (ushort Priority, ushort Weight, ushort Port, string Target)[]> records)
    {
        try
        {
            while (true)
            {
                var asked = await socket.ReceiveAsync();
                await socket.SendAsync(Answer(asked.Buffer, records(NameIn(asked.Buffer))), asked.RemoteEndPoint);
            }
        }
        catch (Exception end) when (end is ObjectDisposedException or SocketException)
        {
            // The test is over.
            return;
        }
    }

    private static string NameIn(byte[] question)
    {
        var labels = new List<string>();
        for (var at = 12; question[at] != 0; at += question[at] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(question, at + 1, question[at]));
        }

        return string.Join('.', labels);
    }
}
