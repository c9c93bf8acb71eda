namespace EtcdSharp.Tidy;

/// <summary>Project references point only downwards in the list of rooms (docs/architecture.md).</summary>
public sealed class ReferenceDirectionTests
{
    [Fact]
    public void Placeholder() => Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "EtcdSharp.Tidy.dll")));
}
