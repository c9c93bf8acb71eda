using EtcdSharp.Platform.Text;

namespace EtcdSharp.Server.Tests.Configuration;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("300ms", 300)]
    [InlineData("1m30s", 90_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("0", 0)]
    [InlineData("-5s", -5_000)]
    public void DurationsAreRead(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("5d")]
    [InlineData("99999999999999h")]
    [InlineData("9223372036854775807h")]
    [InlineData("9223372036854775808ns")]
    [InlineData("9223372036854775807ns1ns")]
    [InlineData("-9223372036854775808ns1ns")]
    [InlineData("79228162514264337593543950335h")]
    public void OthersAreNot(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Theory]
    [InlineData("1h0m5s", 3_605_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("100ms", 100)]
    [InlineData("1.5s", 1_500)]
    [InlineData("0s", 0)]
    public void DurationsAreWritten(string expected, double milliseconds) =>
        Assert.Equal(expected, GoDuration.Format(TimeSpan.FromMilliseconds(milliseconds)));
}
