namespace EtcdSharp.CommandLine.Tests.Support;

public sealed class NormalTests
{
    [Theory]
    [InlineData("\"ID\" : 6b3a1f0c9d2e4b57")]
    [InlineData("\"ID\" : 0b3a1f0c9d2e4b57")]
    [InlineData("\"ID\" : 7726491044513433431")]
    public void AnIdIsTakenOutInWhateverDigits(string line) => Assert.Equal("\"ID\" : N", Normal.Output(line));

    [Theory]
    [InlineData("Member 6b3a1f0c9d2e4b57 added")]
    [InlineData("Member 66325ce0682dff added")]
    [InlineData("Member 25ce0682dff added")]
    public void AnIdMayBeginWithZerosThatAreNotWritten(string line) => Assert.Equal("Member ID added", Normal.Output(line));

    [Fact]
    public void AZeroStays() => Assert.Equal("\"Lease\" : 0", Normal.Output("\"Lease\" : 0"));
}
