using EtcdSharp.Edge.Listening;

namespace EtcdSharp.Grpc.Tests.Listening;

public sealed class BlockPoolTests
{
    [Fact]
    public void ABlockThatCameBackIsGivenOutAgain()
    {
        using var pool = new BlockPool();
        var first = pool.Rent();
        var memory = first.Memory;
        first.Dispose();

        Assert.Equal(memory, pool.Rent().Memory);
    }

    [Fact]
    public void ABlockReturnedTwiceIsNotGivenToTwo()
    {
        using var pool = new BlockPool();
        var first = pool.Rent();
        first.Dispose();
        first.Dispose();

        Assert.NotEqual(pool.Rent().Memory, pool.Rent().Memory);
    }

    [Fact]
    public void MoreThanABlockIsRefused()
    {
        using var pool = new BlockPool();

        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(pool.MaxBufferSize + 1));
    }

    [Fact]
    public async Task BlocksInUseAtTheSameTimeAreNeverTheSame()
    {
        using var pool = new BlockPool();
        await Parallel.ForAsync(
            0,
            8,
            TestContext.Current.CancellationToken,
            (worker, _) =>
            {
                for (var i = 0; i < 20_000; i++)
                {
                    using var one = pool.Rent();
                    using var two = pool.Rent();
                    one.Memory.Span.Fill((byte)worker);
                    two.Memory.Span.Fill((byte)(worker + 100));
                    Assert.Equal(-1, one.Memory.Span.IndexOfAnyExcept((byte)worker));
                    Assert.Equal(-1, two.Memory.Span.IndexOfAnyExcept((byte)(worker + 100)));
                }

                return ValueTask.CompletedTask;
            }
        );
    }
}
