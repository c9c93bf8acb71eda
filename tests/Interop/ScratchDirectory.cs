namespace EtcdSharp.Interop;

/// <summary>A folder for one test, gone with it.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("etcdsharp-interop-");

    /// <summary>A data directory that does not exist yet.</summary>
    public string Path => System.IO.Path.Combine(_folder.FullName, "data");

    public string File(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
