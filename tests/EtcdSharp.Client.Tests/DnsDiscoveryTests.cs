using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EtcdSharp.Client.Tests;

/// <summary>Members found by their domain, at a name server of the test's own.</summary>
public sealed class DnsDiscoveryTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task EndpointsComeInTheOrderOfTheirPriority()
    {
        await using var server = new FakeNameServer(question =>
            question == "_etcd-client._tcp.example.com"
                ? [(20, 1, 2379, "late.example.com"), (10, 1, 2379, "light.example.com"), (10, 5, 12379, "heavy.example.com")]
                : []
        );
        Assert.Equal(
            ["http://heavy.example.com:12379", "http://light.example.com:2379", "http://late.example.com:2379"],
            await DnsDiscovery.FindEndpointsAsync("example.com", server: server.Address).WaitAsync(s_patience)
        );
    }

    [Fact]
    public async Task ThoseWithTlsComeFirst()
    {
        await using var server = new FakeNameServer(question =>
            question.Contains("-blue", StringComparison.Ordinal)
                ? [(0, 0, 1, question.Contains("-ssl", StringComparison.Ordinal) ? "s.x" : "p.x")]
                : []
        );
        Assert.Equal(
            ["https://s.x:1", "http://p.x:1"],
            await DnsDiscovery.FindEndpointsAsync("x", "blue", server.Address).WaitAsync(s_patience)
        );
    }

    [Fact]
    public async Task ADomainWithoutMembersIsTold()
    {
        await using var server = new FakeNameServer(static _ => []);
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() =>
            DnsDiscovery.FindEndpointsAsync("x", server: server.Address).WaitAsync(s_patience)
        );
        Assert.StartsWith("dns lookup errors: lookup _etcd-client-ssl._tcp.x on 127.0.0.1:", failure.Message);
        Assert.Contains(" and lookup _etcd-client._tcp.x on 127.0.0.1:", failure.Message);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(40)]
    [InlineData(60)]
    public void ADamagedAnswerIsRefused(int length)
    {
        var whole = FakeNameServer.Answer(SrvMessage.Question(7, "_a._tcp.b"), [(1, 2, 3, "c.d")]);
        Assert.Equal(new SrvRecord(1, 2, 3, "c.d"), Assert.Single(SrvMessage.Read(whole)));
        Assert.Throws<InvalidDataException>(() => SrvMessage.Read(whole.AsSpan(0, Math.Min(length, whole.Length - 1))));
    }

    [Fact]
    public void ANameThatPointsAtItselfIsRefused()
    {
        var question = SrvMessage.Question(7, "a.b");
        byte[] circle = [.. question[..12], 0xc0, 12, 0, 33, 0, 1];
        Assert.Throws<InvalidDataException>(() => SrvMessage.Read(circle));
    }

    private sealed class FakeNameServer : IAsyncDisposable
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
}
