using EtcdSharp.Platform.Logging;

namespace EtcdSharp.Server.Tests.Logging;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(9, "9 B")]
    [InlineData(16384, "16 kB")]
    [InlineData(20480, "20 kB")]
    [InlineData(10485760, "10 MB")]
    [InlineData(2147483648, "2.1 GB")]
    public void SizesAreWrittenAsEtcdDoes(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));
}
