using EtcdSharp.Node;
using EtcdSharp.Node.Peers;
using EtcdSharp.Node.Peers.Transport;
using EtcdSharp.Replica.Membership;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Peer;

public sealed class PeerTransportTests
{
    /// <summary>
    /// The first entries of a log add the members of the cluster, as soon as the node runs. A way to a member that is built
    /// before the transport knows where messages go would end the raft loop with the first message that cannot be sent.
    /// </summary>
    [Fact]
    public void No_member_is_added_before_there_is_somewhere_for_its_messages_to_go()
    {
        var self = new PeerIdentity(1, 2, ["http://127.0.0.1:1"], EtcdVersion.Server);
        using var transport = new PeerTransport(
            self,
            new HttpClient(),
            new PeerTiming(TimeSpan.FromMilliseconds(100)),
            new BackgroundTasks(static (part, failure) => Assert.Fail($"{part}: {failure}"), NullLogger.Instance),
            PeerMetrics.Unheard,
            NullLogger.Instance
        );
        var other = new MemberInfo(3, ["http://127.0.0.1:2"]);
        Assert.Throws<InvalidOperationException>(() => transport.AddPeer(other));
    }
}
