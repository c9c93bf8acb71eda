using EtcdSharp.Node.Peers;
using EtcdSharp.Platform.Network;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Server.Tests.Peer;

public sealed class PeerUriTests
{
    [Theory]
    [InlineData("http://a b:80")]
    [InlineData("http://a\tb:80")]
    [InlineData("http://a\n:80")]
    [InlineData("http://a?b:80")]
    [InlineData("http://a:80?b")]
    [InlineData("http://a#b:80")]
    [InlineData("http://me@a:80")]
    [InlineData("http://a%zz:80")]
    [InlineData("http://a\\b:80")]
    [InlineData("http://{a}:80")]
    [InlineData("http://a:b:80")]
    [InlineData("http://[a]:80")]
    [InlineData("http://[::1:80")]
    [InlineData("http://::1]:80")]
    [InlineData("http://[127.0.0.1]:80")]
    [InlineData("http://a:+80")]
    [InlineData("http://a: 80")]
    [InlineData("http://a:65536")]
    [InlineData("http://a:")]
    [InlineData("unix://")]
    [InlineData("unix:///a\nb")]
    [InlineData("unix:///a\0b")]
    [InlineData("")]
    [InlineData("://")]
    [InlineData("HTTP://a:80")]
    public void A_url_is_read_as_a_whole(string url)
    {
        Assert.Null(PeerUrls.TryParse([url]));
        Assert.NotNull(EtcdUrl.TryParse(url, out _));
        Assert.Throws<HttpRequestException>(() => PeerUri.Create(url, "/raft"));
    }

    [Theory]
    [InlineData("http://a:80", "http://a/raft")]
    [InlineData("http://a_b-c.d:2380", "http://a_b-c.d:2380/raft")]
    [InlineData("http://[::1]:2380", "http://[::1]:2380/raft")]
    [InlineData("http://[fe80::1]:2380", "http://[fe80::1]:2380/raft")]
    [InlineData("https://a:2380", "https://a:2380/raft")]
    public void A_url_that_can_be_dialled_is(string url, string uri)
    {
        Assert.NotNull(PeerUrls.TryParse([url]));
        Assert.Equal(new Uri(uri), PeerUri.Create(url, "/raft"));
    }

    [Fact]
    public void A_socket_of_more_bytes_than_an_address_has_is_refused()
    {
        Assert.Null(EtcdUrl.TryParse("unix:///" + new string('a', 106), out _));
        Assert.NotNull(EtcdUrl.TryParse("unix:///" + new string('a', 107), out _));
        Assert.NotNull(EtcdUrl.TryParse("unix:///" + new string('ä', 54), out _));
    }

    /// <summary>An empty host is every interface to listen on, and nothing that can be dialled.</summary>
    [Theory]
    [InlineData("http://:2380")]
    [InlineData("unixs://localhost:2380")]
    public void What_cannot_be_dialled_is_an_unreachable_member(string url)
    {
        Assert.Null(EtcdUrl.TryParse(url, out _));
        Assert.Throws<HttpRequestException>(() => PeerUri.Create(url, "/raft"));
    }

    [Theory]
    [InlineData("localhost:2380")]
    [InlineData("/run/etcd/peer.sock")]
    [InlineData("ä ö/ü")]
    public void The_path_of_a_socket_survives_as_a_host(string path)
    {
        var longest = path + new string('x', 107 - System.Text.Encoding.UTF8.GetByteCount(path));
        foreach (var one in new[] { path, longest })
        {
            var uri = PeerUri.Create("unix://" + one, "/raft/probing");
            Assert.Equal("/raft/probing", uri.AbsolutePath);
            Assert.Equal(one, PeerUri.SocketPath(uri.Host));
            Assert.Equal(one, PeerUri.SocketPath(uri.IdnHost));
        }

        Assert.Null(PeerUri.SocketPath("localhost"));
    }
}
