using EtcdSharp.Api.Mvccpb;
using EtcdSharp.Client;
using EtcdSharp.Simulation.Kernel;
using KeyValueMessage = EtcdSharp.Api.Mvccpb.KeyValue;

namespace EtcdSharp.Cluster.Client;

/// <summary>The judge of the client finds what is wrong: each case spoils something right.</summary>
public sealed class ClientCheckTests
{
    private static readonly Event[] s_history =
    [
        Put("w/a/1", "a#1", 2),
        Put("w/a/1", "a#2", 3, createdAt: 2),
        Delete("w/a/1", 4),
        Put("w/b/1", "b#3", 5),
    ];

    private static readonly WriteRecord[] s_writes =
    [
        Done("w/a/1", "a#1", 2),
        new("w/a/1", "a#2", WriteOutcome.Unknown, 0, "connection lost"),
        Done("w/a/1", null, 4),
        Done("w/b/1", "b#3", 5),
        new("w/b/1", "b#4", WriteOutcome.NotDone, 0, "no leader"),
        new("w/b/1", "b#5", WriteOutcome.Unknown, 0, "connection lost"),
    ];

    [Fact]
    public void WhatIsRightPasses()
    {
        var check = new ClientCheck(s_history);
        check.Writes(s_writes, (0, 0));
        check.Watch(Told(s_history), 5);
        check.Watch(Told(s_history[2..3], deletesOnly: true), 5);
        Assert.Equal(2, Locks([Held("a", 2), Held("b", 3)], LockHistory));
    }

    [Fact]
    public void AnAcknowledgedWriteThatIsNowhere() => Broken("durability", [.. s_writes, Done("w/b/1", "b#6", 6)]);

    [Fact]
    public void AWriteAtAnotherRevisionThanTold() => Broken("answers are true", [.. s_writes[..3], Done("w/b/1", "b#3", 6)]);

    [Fact]
    public void AFailedWriteThatHappened() =>
        Broken("reported failed but happened", [.. s_writes[..3], s_writes[3] with { Outcome = WriteOutcome.NotDone }]);

    [Fact]
    public void AWriteThatNobodyMade() => Broken("nothing is invented", s_writes[..3]);

    [Fact]
    public void AnUnknownWriteThatWasRepeated() =>
        Broken("once", s_writes, [.. s_history[..3], Put("w/a/1", "a#2", 5), Put("w/b/1", "b#3", 6)]);

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void AnAdditionThatWasLostOrMadeTwice(int written)
    {
        Event[] counter =
        [
            .. Enumerable.Range(0, written).Select(static i => Put(Writer.Counter, $"{i + 1}", i + 2, createdAt: 2)),
        ];
        new ClientCheck(counter).Writes([], (written, 0));
        new ClientCheck(counter).Writes([], (written - 1, 1));
        var broken = Assert.Throws<Violation>(() => new ClientCheck(counter).Writes([], (3, 1)));
        Assert.Equal("atomic", broken.Guarantee);
    }

    [Fact]
    public void AWatchThatLeavesOutRepeatsOrEnds()
    {
        Misses([.. s_history[..1], .. s_history[2..]]);
        Misses(s_history[..3]);
        Broken("watch: repeats nothing, in order", Told([.. s_history[..2], s_history[1], .. s_history[2..]]));
        Broken("watch: repeats nothing, in order", Told([.. s_history, s_history[3]]));
        Broken("watch: repeats nothing, in order", Told([s_history[1], s_history[0], .. s_history[2..]], from: 1));
        var ended = Told(s_history);
        ended.Failure = "compacted";
        Broken("watch: goes on", ended);

        static void Misses(Event[] told) => Broken("watch: misses nothing", Told(told));
    }

    [Fact]
    public void AValueBeforeThatIsNotTheOneBefore()
    {
        var told = Told([s_history[0]]);
        told = told with { PreviousValues = true, ToTheEnd = false };
        var wrong = s_history[1].Clone();
        wrong.PrevKv = new KeyValueMessage { Key = wrong.Kv.Key, ModRevision = 1 };
        told.Add(new WatchEvent(wrong));
        Broken("watch: previous values", told);
    }

    [Fact]
    public void AGuardedWriteOfOneWhoHoldsTheLockNoMore() =>
        LocksBroken("lock: the guard holds", [], [.. LockHistory[..3], Put(Contender.Guarded, "2/a#9", 6)]);

    [Fact]
    public void AHolderWhoNeverStoodFirst() =>
        LocksBroken("lock: held by who stands first", [Held("b", 3)], [LockHistory[0], LockHistory[1], Delete("lock/b", 4)]);

    [Fact]
    public void TwoHoldersAtOnce()
    {
        // The first one never hears that it has lost the lock.
        Tenure[] both = [new Tenure("a", "lock/a", 2), Held("b", 3)];
        LocksBroken("lock: held by one", both, LockHistory);
        Assert.Equal(2, new ClientCheck(LockHistory).Locks(both, ["lock/a"], TimeSpan.Zero));
    }

    private static Event[] LockHistory =>
        [Put("lock/a", "", 2), Put("lock/b", "", 3), Delete("lock/a", 4), Put(Contender.Guarded, "3/b#1", 5)];

    private static Tenure Held(string name, long revision)
    {
        var tenure = new Tenure(name, $"lock/{name}", revision);
        Thread.Sleep(1);
        tenure.End();
        return tenure;
    }

    private static int Locks(Tenure[] tenures, Event[] history) => new ClientCheck(history).Locks(tenures, [], TimeSpan.Zero);

    private static void LocksBroken(string guarantee, Tenure[] tenures, Event[] history) =>
        Assert.Equal(guarantee, Assert.Throws<Violation>(() => Locks(tenures, history)).Guarantee);

    private static void Broken(string guarantee, WriteRecord[] writes, Event[]? history = null) =>
        Assert.Equal(
            guarantee,
            Assert.Throws<Violation>(() => new ClientCheck(history ?? s_history).Writes(writes, (0, 0))).Guarantee
        );

    private static void Broken(string guarantee, WatchRecord watch) =>
        Assert.Equal(guarantee, Assert.Throws<Violation>(() => new ClientCheck(s_history).Watch(watch, 5)).Guarantee);

    private static WatchRecord Told(Event[] events, bool deletesOnly = false, long from = 2)
    {
        var record = new WatchRecord("a watch", Writer.Prefix)
        {
            From = from,
            DeletesOnly = deletesOnly,
            ToTheEnd = true,
        };
        foreach (var one in events)
        {
            record.Add(new WatchEvent(one));
        }

        return record;
    }

    private static WriteRecord Done(string key, string? value, long revision) => new(key, value, WriteOutcome.Done, revision, "");

    private static Event Put(string key, string value, long revision, long createdAt = 0) =>
        new()
        {
            Type = Event.Types.EventType.Put,
            Kv = new KeyValueMessage
            {
                Key = ByteString.CopyFromUtf8(key),
                Value = ByteString.CopyFromUtf8(value),
                ModRevision = revision,
                CreateRevision = createdAt == 0 ? revision : createdAt,
            },
        };

    private static Event Delete(string key, long revision) =>
        new()
        {
            Type = Event.Types.EventType.Delete,
            Kv = new KeyValueMessage { Key = ByteString.CopyFromUtf8(key), ModRevision = revision },
        };
}
