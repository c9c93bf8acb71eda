using EtcdSharp.Edge.Listening;

namespace EtcdSharp.Grpc.Tests.Listening;

public sealed class PingGuardTests
{
    private const long Hour = 3_600_000;

    [Fact]
    public void AtTheAllowedPaceWithACallForEver()
    {
        PingGuard guard = new(new KeepAlivePolicy());
        guard.CallStarted();
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(guard.Ping(i * 5000L));
        }
    }

    [Fact]
    public void WithoutACallTheSamePaceIsTooMuch()
    {
        PingGuard guard = new(new KeepAlivePolicy());
        guard.CallStarted();
        guard.CallEnded();
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(i => guard.Ping(i * 5000L)));
    }

    [Fact]
    public void WithoutACallEveryTwoHoursIsFine()
    {
        PingGuard guard = new(new KeepAlivePolicy());
        Assert.All(Enumerable.Range(0, 100), i => Assert.True(guard.Ping(i * 2 * Hour)));
    }

    [Fact]
    public void WhatTheServerSendsTakesStrikesBack()
    {
        PingGuard guard = new(new KeepAlivePolicy());
        for (int i = 0; i < 1000; i++)
        {
            if (i % 3 == 0)
            {
                guard.Wrote();
            }

            Assert.True(guard.Ping(i));
        }
    }

    [Fact]
    public void PermittedWithoutStream()
    {
        PingGuard guard = new(new KeepAlivePolicy { PermitWithoutStream = true });
        Assert.All(Enumerable.Range(0, 100), i => Assert.True(guard.Ping(i * 5000L)));
    }
}
