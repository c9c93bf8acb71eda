using EtcdSharp.Grpc.Wire;

namespace EtcdSharp.Grpc.Tests.Wire;

public sealed class TextTests
{
    [Theory]
    [InlineData("plain text ~", "plain text ~")]
    [InlineData("100%", "100%25")]
    [InlineData("a\nb", "a%0Ab")]
    [InlineData("ü€", "%C3%BC%E2%82%AC")]
    public void StatusMessages(string message, string encoded)
    {
        Assert.Equal(encoded, StatusText.Encode(message));
        Assert.Equal(message, StatusText.Decode(encoded));
    }

    [Theory]
    [InlineData("%")]
    [InlineData("%zz")]
    [InlineData("abc%2")]
    public void EscapesThatAreNoneAreKept(string text) => Assert.Equal(text, StatusText.Decode(text));

    [Theory]
    [InlineData("1H", 3_600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("3S", 3000)]
    [InlineData("99999999m", 99_999_999)]
    [InlineData("5000u", 5)]
    [InlineData("7000000n", 7)]
    public void Timeouts(string text, long milliseconds)
    {
        Assert.True(GrpcTimeout.TryParse(text, out TimeSpan timeout));
        Assert.Equal(milliseconds, timeout.TotalMilliseconds);
    }

    [Fact]
    public void FormattedTimeoutsAreReadBackAndNeverShorter()
    {
        Random random = new(3);
        for (int i = 0; i < 10_000; i++)
        {
            TimeSpan timeout = TimeSpan.FromTicks(random.NextInt64(1L << random.Next(1, 60)));
            Assert.True(GrpcTimeout.TryParse(GrpcTimeout.Format(timeout), out TimeSpan read));
            Assert.True(read >= timeout || timeout > TimeSpan.FromHours(1_000_000), $"{timeout} became {read}");
        }
    }
}
