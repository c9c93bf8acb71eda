using System.Diagnostics;

namespace EtcdSharp.Client.Tests.Support;

/// <summary>Asks again until it is so, for what no event tells of.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, "it did not become so in time");
            await Task.Delay(10);
        }
    }

    /// <summary>A token that ends a test that hangs.</summary>
    public static CancellationToken Bounded() => new CancellationTokenSource(Limit).Token;

    public static async Task<EtcdException> FailsAsync(EtcdError error, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<EtcdException>(call);
        Assert.True(failure.Error == error, $"expected {error}, was {failure.Code}: {failure.Message}");
        return failure;
    }
}
