using EtcdSharp.Raft.Tests.Scripting;
using EtcdSharp.Raft.Tracker;

namespace EtcdSharp.Raft.Tests.Tracker;

public sealed class InflightsTests
{
    [Fact]
    public void The_window_behaves_like_a_plain_queue()
    {
        const int maxMessages = 13;
        const ulong maxBytes = 500;
        for (ulong seed = 0; seed < 50; seed++)
        {
            var randomness = new SequenceRandomness(seed);
            var inflights = new Inflights(maxMessages, maxBytes);
            var model = new Queue<(ulong Index, ulong Bytes)>();
            ulong index = 0;
            for (var step = 0; step < 500; step++)
            {
                ulong Sum() => model.Aggregate(0UL, (sum, item) => sum + item.Bytes);
                Assert.Equal(model.Count == maxMessages || Sum() >= maxBytes, inflights.IsFull);
                if (!inflights.IsFull && randomness.NextUInt64() % 3 != 0)
                {
                    index += 1 + randomness.NextUInt64() % 4;
                    var bytes = randomness.NextUInt64() % 100;
                    inflights.Add(index, bytes);
                    model.Enqueue((index, bytes));
                }
                else
                {
                    var to = index - Math.Min(index, randomness.NextUInt64() % 20);
                    inflights.FreeUpTo(to);
                    while (model.Count > 0 && model.Peek().Index <= to)
                    {
                        model.Dequeue();
                    }
                }

                Assert.Equal(model.Count, inflights.Count);
                Assert.Equal(Sum(), inflights.Bytes);
            }
        }
    }

    [Fact]
    public void A_full_window_takes_nothing()
    {
        var inflights = new Inflights(1, 0);
        inflights.Add(1, 0);
        Assert.True(inflights.IsFull);
        Assert.Throws<RaftInvariantException>(() => inflights.Add(2, 0));
        inflights.Reset();
        Assert.False(inflights.IsFull);
    }
}
