using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.CommandLine.Tests.Text;

/// <summary>Go's ways of writing values, which etcd's programs read and print.</summary>
public sealed class GoTextTests
{
    [Theory]
    [InlineData("0", 0, "0s")]
    [InlineData("5s", 5000, "5s")]
    [InlineData("1m", 60_000, "1m0s")]
    [InlineData("1h0m1.5s", 3_601_500, "1h0m1.5s")]
    [InlineData("1500ms", 1500, "1.5s")]
    [InlineData("2.5ms", 2.5, "2.5ms")]
    [InlineData("250us", 0.25, "250µs")]
    [InlineData("-3s", -3000, "-3s")]
    [InlineData(".5s", 500, "500ms")]
    public void Durations(string text, double milliseconds, string written)
    {
        Assert.Null(GoDuration.Parse(text, out var value));
        Assert.Equal(milliseconds, value.TotalMilliseconds);
        Assert.Equal(written, GoDuration.Of(value));
    }

    [Theory]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("5", "time: missing unit in duration \"5\"")]
    [InlineData("s", "time: invalid duration \"s\"")]
    [InlineData("5parsecs", "time: unknown unit \"parsecs\" in duration \"5parsecs\"")]
    public void WhatIsNoDuration(string text, string complaint) => Assert.Equal(complaint, GoDuration.Parse(text, out _));

    [Theory]
    [InlineData("plain", "\"plain\"")]
    [InlineData("\"\\\n\t\u0001\u007f", "\"\\\"\\\\\\n\\t\\x01\\x7f\"")]
    [InlineData("ü\u200b\U0001F600\u00a0", "\"ü\\u200b\U0001F600\\u00a0\"")]
    public void QuotedText(string text, string quoted)
    {
        Assert.Equal(quoted, GoQuote.Of(text));
        Assert.True(GoQuote.TryRead(quoted + " and more", out var read, out var length));
        Assert.Equal((text, quoted.Length), (read, length));
    }

    [Theory]
    [InlineData("\"\\x41\\101\\u0041\\U00000041\"", "AAAA")]
    [InlineData("`raw \\n`", "raw \\n")]
    public void OtherQuotes(string quoted, string text)
    {
        Assert.True(GoQuote.TryRead(quoted, out var read, out _));
        Assert.Equal(text, read);
    }

    [Theory]
    [InlineData("\"open")]
    [InlineData("\"\\q\"")]
    [InlineData("\"\\x4\"")]
    [InlineData("\"\\777\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("bare")]
    public void WhatIsNoQuotedText(string text) => Assert.False(GoQuote.TryRead(text, out _, out _));

    [Fact]
    public void BytesThatAreNoUtf8StayAsTheyAre()
    {
        byte[] bytes = [0xff, (byte)'a', 0xc3, 0xbc, 0xc3, 0xf0, 0x9f, 0x98, 0x80, 0x80];
        var text = RawText.FromBytes(bytes);
        Assert.Equal(bytes, RawText.ToBytes(text));
        Assert.Equal("\"\\xffaü\\xc3\U0001F600\\x80\"", GoQuote.Of(text));
    }

    [Theory]
    [InlineData("12", 10, 12L, null)]
    [InlineData("-1f", 16, -31L, null)]
    [InlineData("0x1f", 0, 31L, null)]
    [InlineData("017", 0, 15L, null)]
    [InlineData("0b11", 0, 3L, null)]
    [InlineData("1_000", 0, 1000L, null)]
    [InlineData("-9223372036854775808", 10, long.MinValue, null)]
    [InlineData("9223372036854775808", 10, 0L, "strconv.ParseInt: parsing \"9223372036854775808\": value out of range")]
    [InlineData("", 10, 0L, "strconv.ParseInt: parsing \"\": invalid syntax")]
    [InlineData("0x1f", 10, 0L, "strconv.ParseInt: parsing \"0x1f\": invalid syntax")]
    public void WholeNumbers(string text, int numberBase, long value, string? complaint)
    {
        Assert.Equal(complaint, GoInteger.ParseSigned(text, numberBase, out var read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(9, "9 B")]
    [InlineData(10, "10 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(20480, "20 kB")]
    [InlineData(2147483648, "2.1 GB")]
    public void Sizes(long bytes, string text) => Assert.Equal(text, HumanSize.Of(bytes));

    [Fact]
    public void Tables() =>
        Assert.Equal(
            """
            ┌─────┬─────────┐
            │ ID  │ HASH OF │
            ├─────┼─────────┤
            │   1 │       ü │
            │ 222 │         │
            └─────┴─────────┘

            """,
            new TextTable("id", "hash_of").Add("1", " ü ").Add("222", "").ToString()
        );
}
