namespace EtcdSharp.Storage.Wal;

/// <summary>A folder that is gone when the test is over.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("etcdsharp-storage-").FullName;

    public string In(params string[] names) => System.IO.Path.Combine([Path, .. names]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
