using System.Net;
using System.Net.Sockets;
using EtcdSharp.Node.Peers;
using EtcdSharp.Node.Peers.Transport;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Server.Tests.Peer;

/// <summary>Who reaches the peer port and is no member says much of itself; nothing of it is believed.</summary>
public sealed class StrangerTests : IAsyncLifetime
{
    private const ulong Stranger = 0xabc;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HttpClient _client = new();
    private TestCluster _cluster = null!;

    private Member Member => _cluster.Members["m1"];

    private string Url => $"http://{_listener.LocalEndpoint}";

    public async ValueTask InitializeAsync()
    {
        _listener.Start();
        _cluster = await TestCluster.StartAsync(1, static options => options with { StrictReconfigCheck = false });
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _listener.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_is_dialled_for_what_he_says_of_himself()
    {
        for (var i = 0UL; i < 200; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, PeerUrl($"/raft/stream/message/{Stranger + i:x}"));
            Sign(request, Stranger + i);
            request.Headers.Add(PeerProtocol.ToHeader, MemberIds.ToText(Member.MemberId));
            using var response = await _client.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Null(Member.Peers.Transport.Find(Stranger + i));
        }

        Assert.InRange(Member.Peers.Transport.RemoteCount, 1, PeerRemotes.CountMax);

        // A full peer would be dialled within 400 ms and probed within 4 s.
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.False(_listener.Pending(), "the member dials an address that a stranger has named");
        await _cluster.PutAsync("m1", "still", "served");
    }

    /// <summary>A message of an old term is answered, and who takes the answer says that this member was removed.</summary>
    [Theory]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.Gone)]
    public async Task Nobody_tells_a_member_that_it_was_removed(HttpStatusCode told)
    {
        var message = new Message
        {
            Type = MessageType.MsgPreVote,
            From = Stranger,
            To = Member.MemberId,
            Term = 1,
        };
        var body = new byte[RaftWire.SizeOf(message)];
        RaftWire.Encode(message, body);
        using var request = new HttpRequestMessage(HttpMethod.Post, PeerUrl(PeerProtocol.PipelinePath));
        Sign(request, Stranger);
        request.Content = new ByteArrayContent(body);
        using var response = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        await AnswerOnceAsync(told);
        await RemainsAsync();
    }

    /// <summary>Its address is that of a member, and it knows the cluster; but the others still speak with this member.</summary>
    [Fact]
    public async Task One_address_alone_does_not_tell_a_member_that_it_was_removed()
    {
        await _cluster.DisposeAsync();
        _cluster = await TestCluster.StartAsync(3, static options => options with { StrictReconfigCheck = false });
        var other = new MemberInfo(Stranger, [Url]);
        Member.Peers.Transport.AddPeer(other);
        await TestCluster.UntilAsync(
            () => _cluster.Members.Values.Count(one => Member.Peers.Transport.ActiveSince(one.MemberId) is not null) == 2,
            "the members are connected"
        );
        for (var i = 0; i < 5; i++)
        {
            await AnswerOnceAsync(HttpStatusCode.Gone);
        }

        await RemainsAsync();
    }

    [Theory]
    [InlineData("http://a b:80")]
    [InlineData("http://:80")]
    [InlineData("unix:///no/such/socket")]
    [InlineData("unixs://no-such-socket")]
    [InlineData("ftp://a:80")]
    [InlineData("")]
    [InlineData("https://127.0.0.1:1")]
    public async Task A_member_whose_url_cannot_be_dialled_is_unreachable_and_nothing_worse(string url)
    {
        var (added, _, error) = await Member.Node.Reconfiguration.AddAsync([url], isLearner: true, default);
        Assert.Null(error);
        await TestCluster.UntilAsync(() => Member.Peers.Transport.Find(added!.Id) is not null, "the member is known");
        await _cluster.PutAsync("m1", "k", "v");
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        await _cluster.PutAsync("m1", "still", "served");
        var (_, promoted) = await Member.Node.Reconfiguration.PromoteAsync(added!.Id, default);
        Assert.NotNull(promoted);
        Assert.Null(Member.Peers.Transport.ActiveSince(added.Id));
        await _cluster.StopMemberAsync("m1");
        await _cluster.StartMemberAsync("m1");
        await _cluster.PutAsync("m1", "after", "a start");
    }

    /// <summary>Long enough for a member that believes it to have stopped: it goes on for a second.</summary>
    private async Task RemainsAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.False(Member.Completion.IsCompleted);
        await _cluster.PutAsync("m1", "still", "served");
    }

    private async Task AnswerOnceAsync(HttpStatusCode status)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var connection = await _listener.AcceptTcpClientAsync(limit.Token);
        var stream = connection.GetStream();
        var read = await stream.ReadAsync(new byte[64 * 1024], limit.Token);
        Assert.NotEqual(0, read);
        var answer =
            $"HTTP/1.1 {(int)status} told\r\n{PeerProtocol.ClusterIdHeader}: {MemberIds.ToText(Member.ClusterId)}\r\n"
            + "Content-Length: 0\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), limit.Token);
        connection.Client.Shutdown(SocketShutdown.Send);
    }

    private Uri PeerUrl(string path) => new(Member.Peers.Identity.PeerUrls[0] + path);

    private void Sign(HttpRequestMessage request, ulong id) =>
        new PeerIdentity(id, Member.ClusterId, [Url], EtcdVersion.Server).Sign(request);
}
