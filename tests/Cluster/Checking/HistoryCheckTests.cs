using EtcdSharp.Api.Mvccpb;
using EtcdSharp.Cluster.Clients;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Simulation.Clients;
using EtcdSharp.Simulation.Kernel;
using Requests = EtcdSharp.Cluster.Clients.Requests;

namespace EtcdSharp.Cluster.Checking;

/// <summary>The judge finds what is wrong with a history: each case takes a right one and spoils it.</summary>
public sealed class HistoryCheckTests
{
    private static readonly ByteString s_key = ByteString.CopyFromUtf8("k1");

    [Fact]
    public void ARightHistoryIsRight() =>
        Judge([Put(1, 0, 10, 2), Read(2, 11, 20, 2, 1), Put(3, 21, 30, 3), Read(4, 31, 40, 3, 3)]);

    [Fact]
    public void AnAcknowledgedWriteThatIsNowhere() =>
        Broken("durability", [Put(1, 0, 10, 2), Put(3, 21, 30, 3), Put(5, 31, 40, 4)], changes: 2);

    [Fact]
    public void AStaleRead() => Broken("linearizability", [Put(1, 0, 10, 2), Put(3, 11, 20, 3), Read(4, 21, 30, 2, 1)]);

    [Fact]
    public void AReadThatShowsWhatIsNotThere() =>
        Broken("linearizability", [Put(1, 0, 10, 2), Put(3, 11, 20, 3), Read(4, 21, 30, 3, 1)]);

    [Fact]
    public void TwoWritesAgainstTheOrderOfTime() => Broken("linearizability", [Put(1, 20, 30, 2), Put(3, 0, 10, 3)]);

    [Fact]
    public void AReadOfAWriteThatHasNotBegun() =>
        Broken("linearizability", [Put(1, 0, 10, 2), Read(2, 11, 20, 3, 3), Put(3, 21, 30, 3)]);

    [Fact]
    public void AWriteThatNobodyAskedFor() => Broken("nothing is invented", [Put(1, 0, 10, 2)], changes: 2);

    [Fact]
    public void AWriteThatTookEffectTwice()
    {
        var twice = new[] { Changed(2, 1, 1), Changed(3, 1, 2) };
        var broken = Assert.Throws<Violation>(() => new HistoryCheck(Of([Put(1, 0, 10, 2)]), twice).Linearizability());
        Assert.Equal("once", broken.Guarantee);
    }

    [Fact]
    public void AWatchThatLeavesOutOrRepeatsOrTellsAheadOfWhatItDelivered()
    {
        var history = Of([Put(1, 0, 10, 2), Put(3, 11, 20, 3)]);
        Change[] changes = [Changed(2, 1, 1), Changed(3, 3, 2)];
        Watched([.. Delivered(changes[0], changes[1])]);
        Assert.Equal("watch: reliable and atomic", Assert.Throws<Violation>(() => Watched([.. Delivered(changes[1])])).Guarantee);
        Assert.Equal(
            "watch: ordered and unique",
            Assert.Throws<Violation>(() => Watched([.. Delivered(changes[0], changes[0], changes[1])])).Guarantee
        );
        Assert.Equal("watch: reliable", Assert.Throws<Violation>(() => Watched([.. Delivered(changes[0])])).Guarantee);
        Assert.Equal(
            "watch: bookmarkable",
            Assert.Throws<Violation>(() => Watched([.. Delivered(changes[0]), new Delivery(9, "m1", 3, false, [])])).Guarantee
        );

        void Watched(IReadOnlyList<Delivery> deliveries)
        {
            var check = new HistoryCheck(history, changes);
            check.Linearizability();
            check.Watch(deliveries, static _ => false);
        }
    }

    [Fact]
    public void AKeyThatGoesBeforeItsLeaseWasPromisedToEnd()
    {
        var history = new History();
        history.Promised(new LeasePromise(7, "l/7", "m1", InvokedAt: 1_000_000_000, AnsweredAt: 1_100_000_000, TtlSeconds: 2));
        var gone = new Event
        {
            Type = Event.Types.EventType.Delete,
            Kv = new KeyValue { Key = ByteString.CopyFromUtf8("l/7"), ModRevision = 9 },
        };
        var check = new HistoryCheck(history, []);
        check.Leases([new Delivery(3_000_000_000, "m2", 9, false, [gone])]);
        Assert.Equal(1, check.LeasesJudged);
        var broken = Assert.Throws<Violation>(() => check.Leases([new Delivery(2_999_999_999, "m2", 9, false, [gone])]));
        Assert.Equal("leases last", broken.Guarantee);
    }

    private static IEnumerable<Delivery> Delivered(params Change[] changes) =>
        changes.Select((change, i) => new Delivery(i, "m1", change.Revision, false, change.Events));

    private static void Broken(string guarantee, Call[] calls, int changes = 2)
    {
        var broken = Assert.Throws<Violation>(() => Judge(calls, changes));
        Assert.Equal(guarantee, broken.Guarantee);
    }

    /// <summary>The store holds revision 2 of request 1 and revision 3 of request 3.</summary>
    private static void Judge(Call[] calls, int changes = 2)
    {
        Change[] all = [Changed(2, 1, 1), Changed(3, 3, 2)];
        new HistoryCheck(Of(calls), all[..changes]).Linearizability();
    }

    private static History Of(Call[] calls)
    {
        var history = new History();
        Array.ForEach(calls, history.Add);
        return history;
    }

    private static Change Changed(long revision, ulong id, int version) =>
        new(revision, [new Event { Kv = Value(id, revision, version) }]);

    private static KeyValue Value(ulong id, long revision, int version) =>
        new()
        {
            Key = s_key,
            Value = Requests.Value(id),
            CreateRevision = 2,
            ModRevision = revision,
            Version = version,
        };

    private static Call Put(ulong id, long invokedAt, long answeredAt, long revision) =>
        new(id, RequestKind.Put, new PutRequest { Key = s_key, Value = Requests.Value(id) }, false, "m1", invokedAt)
        {
            AnsweredAt = answeredAt,
            Answer = new Answer(null, revision, new PutResponse()),
        };

    private static Call Read(ulong id, long invokedAt, long answeredAt, long revision, ulong shown) =>
        new(id, RequestKind.Range, new RangeRequest { Key = s_key }, false, "m1", invokedAt)
        {
            AnsweredAt = answeredAt,
            Answer = new Answer(
                null,
                revision,
                new RangeResponse { Count = 1, Kvs = { Value(shown, shown == 1 ? 2 : 3, shown == 1 ? 1 : 2) } }
            ),
        };
}
