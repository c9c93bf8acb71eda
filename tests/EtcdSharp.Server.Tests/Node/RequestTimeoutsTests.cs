using EtcdSharp.Api.Errors;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Raft;
using EtcdSharp.Server.Membership;
using EtcdSharp.Server.Node;
using EtcdSharp.Server.Tests.Auth;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Server.Tests.Node;

/// <summary>This member is 1 of 1, 2 and 3.</summary>
public sealed class RequestTimeoutsTests : IPeerTransport
{
    private static readonly NodeOptions Options = new();
    private static readonly TimeSpan Election = TimeSpan.FromMilliseconds(Options.ElectionMs);

    private readonly ManualClock _clock = new();
    private readonly NodeState _state = new(memberId: 1);
    private readonly Dictionary<ulong, DateTimeOffset> _activeSince = [];
    private readonly RequestTimeouts _timeouts;

    public RequestTimeoutsTests()
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        _timeouts = new RequestTimeouts(_state, this, _clock, Options) { Members = [1, 2, 3] };
        _activeSince[2] = _activeSince[3] = _clock.UtcNow - TimeSpan.FromSeconds(30);
    }

    [Fact]
    public void Without_a_leader_nothing_is_said_of_the_reason()
    {
        _activeSince.Clear();
        Assert.Same(EtcdError.Timeout, TimeoutOf(startedBefore: Options.RequestTimeout));
    }

    [Theory]
    [InlineData(0.5, true)]
    [InlineData(1.9, true)]
    [InlineData(2.1, false)]
    [InlineData(-0.1, false)]
    public void What_began_within_two_elections_before_this_member_was_elected_may_be_lost_with_the_leader_before(
        double electionsBefore,
        bool isLost
    )
    {
        var start = _clock.MonotonicNanoseconds;
        if (electionsBefore > 0)
        {
            _clock.Advance(Election * electionsBefore);
        }

        Lead(1);
        _timeouts.Elected();
        if (electionsBefore < 0)
        {
            _clock.Advance(Election * -electionsBefore);
            start = _clock.MonotonicNanoseconds;
        }

        _clock.Advance(Options.RequestTimeout);
        var expected = isLost ? EtcdError.TimeoutDueToLeaderFail : EtcdError.Timeout;
        Assert.Same(expected, _timeouts.Explain(start + (long)Options.RequestTimeout.TotalNanoseconds));
    }

    [Fact]
    public void A_follower_looks_at_its_connection_to_the_leader()
    {
        Lead(2);
        Assert.Same(EtcdError.Timeout, TimeoutOf(startedBefore: Options.RequestTimeout));
        _activeSince.Remove(3);
        Assert.Same(EtcdError.Timeout, TimeoutOf(startedBefore: Options.RequestTimeout));
        _activeSince[2] = _clock.UtcNow - TimeSpan.FromSeconds(1);
        Assert.Same(EtcdError.TimeoutDueToConnectionLost, TimeoutOf(startedBefore: Options.RequestTimeout));
        _activeSince.Remove(2);
        Assert.Same(EtcdError.TimeoutDueToConnectionLost, TimeoutOf(startedBefore: Options.RequestTimeout));
    }

    [Fact]
    public void A_leader_looks_for_a_quorum_of_all_members()
    {
        Lead(1);
        _activeSince.Remove(3);
        Assert.Same(EtcdError.Timeout, TimeoutOf(startedBefore: Options.RequestTimeout));
        _timeouts.Members = [1, 2, 3, 4];
        Assert.Same(EtcdError.TimeoutDueToConnectionLost, TimeoutOf(startedBefore: Options.RequestTimeout));
        _timeouts.Members = [1];
        Assert.Same(EtcdError.Timeout, TimeoutOf(startedBefore: Options.RequestTimeout));
    }

    public DateTimeOffset? ActiveSince(ulong id) => _activeSince.TryGetValue(id, out var since) ? since : null;

    void IPeerTransport.Send(ReadOnlySpan<Message> messages) => throw new NotSupportedException();

    void IPeerTransport.SendSnapshot(Message message, BackendSnapshot store) => throw new NotSupportedException();

    void IPeerSet.AddPeer(MemberInfo member) => throw new NotSupportedException();

    void IPeerSet.UpdatePeer(MemberInfo member) => throw new NotSupportedException();

    void IPeerSet.RemovePeer(ulong id) => throw new NotSupportedException();

    private EtcdError TimeoutOf(TimeSpan startedBefore) =>
        _timeouts.Explain(
            _clock.MonotonicNanoseconds - (long)startedBefore.TotalNanoseconds + (long)Options.RequestTimeout.TotalNanoseconds
        );

    private void Lead(ulong id) =>
        _state.PublishRaft(
            new RaftBasicStatus { SoftState = new SoftState(id, id == 1 ? RaftRole.Leader : RaftRole.Follower) },
            alone: false
        );
}
