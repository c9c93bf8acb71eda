using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EtcdSharp.Node.Peers;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Hostile;

/// <summary>What somebody can do at the peer port who is no member, and knows no more than what the port itself tells everybody.</summary>
public sealed class PeerPortTests : IDisposable
{
    private const int Strangers = 1000;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HttpClient _client = new();

    public PeerPortTests() => _listener.Start();

    public void Dispose()
    {
        _client.Dispose();
        _listener.Dispose();
    }

    /// <summary>Each one names an address. A member that believes it dials a thousand addresses some times a second, for good.</summary>
    [Fact]
    public async Task StreamsOfStrangersCostNothingThatStays()
    {
        await using var round = await AttackRound.StartAsync(ServerKind.Ours);
        await round.RunAsync(async () =>
        {
            var (clusterId, memberId) = await ClusterOfAsync(round.Server.PeerAddress!);
            for (var i = 1UL; i <= Strangers; i++)
            {
                using var request = new HttpRequestMessage(
                    HttpMethod.Get,
                    new Uri(round.Server.PeerAddress!, PeerProtocol.MessageStreamPath + MemberIds.ToText(i))
                );
                new PeerIdentity(i, clusterId, [$"http://{_listener.LocalEndpoint}"], EtcdVersion.Server).Sign(request);
                request.Headers.Add(PeerProtocol.ToHeader, MemberIds.ToText(memberId));
                using var response = await _client.SendAsync(request);
                Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            }
        });

        // A full peer is dialled within 400 ms and probed within 4 s.
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.False(_listener.Pending(), "the member dials an address that a stranger has named");
    }

    /// <summary>Many more stores than are received at once, each begun and then nearly silent.</summary>
    [Fact]
    public async Task StoresThatTrickleInCostNobodyAnything()
    {
        var connections = new List<TcpClient>();
        await using var round = await AttackRound.StartAsync(ServerKind.Ours);
        try
        {
            await round.RunAsync(async () =>
            {
                var (clusterId, memberId) = await ClusterOfAsync(round.Server.PeerAddress!);
                for (var i = 1UL; i <= 100; i++)
                {
                    var connection = new TcpClient();
                    connections.Add(connection);
                    await connection.ConnectAsync(IPAddress.Loopback, round.Server.PeerAddress!.Port);
                    await connection.GetStream().WriteAsync(SnapshotBegin(round.Server.PeerAddress!, clusterId, memberId, i));
                }
            });
        }
        finally
        {
            connections.ForEach(static connection => connection.Dispose());
        }
    }

    private static byte[] SnapshotBegin(Uri at, ulong clusterId, ulong memberId, ulong from)
    {
        var message = new Raft.Message
        {
            Type = Raft.MessageType.MsgSnap,
            From = from,
            To = memberId,
            Snapshot = new Raft.Snapshot(default, new Raft.SnapshotMetadata(new Raft.ConfState(), 1000, 1)),
        };
        var body = new byte[Raft.Wire.RaftWire.SizeOf(message)];
        Raft.Wire.RaftWire.Encode(message, body);
        var length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)body.Length);
        var head =
            $"POST {PeerProtocol.SnapshotPath} HTTP/1.1\r\nHost: {at.Authority}\r\nContent-Length: 1000000\r\n"
            + $"{PeerProtocol.FromHeader}: {MemberIds.ToText(from)}\r\n{PeerProtocol.VersionHeader}: {EtcdVersion.Server}\r\n"
            + $"{PeerProtocol.MinimumClusterVersionHeader}: 3.0.0\r\n{PeerProtocol.ClusterIdHeader}: {MemberIds.ToText(clusterId)}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. length, .. body, 0];
    }

    private async Task<(ulong ClusterId, ulong MemberId)> ClusterOfAsync(Uri peer)
    {
        using var answer = await _client.GetAsync(new Uri(peer, PeerProtocol.MembersPath));
        Assert.True(PeerProtocol.TryParseId(answer.Headers.GetValues(PeerProtocol.ClusterIdHeader).Single(), out var clusterId));
        var members = PeerClient.DecodeMembers(await answer.Content.ReadAsByteArrayAsync());
        return (clusterId, Assert.Single(members!).Id);
    }
}
