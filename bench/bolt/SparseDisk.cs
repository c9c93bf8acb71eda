using EtcdSharp.Platform;

namespace EtcdSharp.Bench.Bolt;

/// <summary>The system's disk, but blocks of zeros are not written: a large file of large empty values takes little room.</summary>
internal sealed class SparseDisk : IDisk
{
    private readonly IDisk _disk = SystemDisk.Instance;

    public IDiskFile Open(string path, DiskOpen mode) => new SparseFile(_disk.Open(path, mode));

    public bool FileExists(string path) => _disk.FileExists(path);

    public bool DirectoryExists(string path) => _disk.DirectoryExists(path);

    public void CreateDirectory(string path) => _disk.CreateDirectory(path);

    public IReadOnlyList<string> ListNames(string directory) => _disk.ListNames(directory);

    public void Rename(string from, string to) => _disk.Rename(from, to);

    public void DeleteFile(string path) => _disk.DeleteFile(path);

    public void DeleteDirectory(string path) => _disk.DeleteDirectory(path);

    public void SyncDirectory(string path) => _disk.SyncDirectory(path);

    /// <summary>Pages are never written over with others while the file is filled, so what is left out reads as zeros.</summary>
    private sealed class SparseFile(IDiskFile file) : IDiskFile
    {
        private const int BlockBytes = 4096;

        public string Path => file.Path;

        public long Length => file.Length;

        public int ReadAt(long offset, Span<byte> buffer) => file.ReadAt(offset, buffer);

        public void WriteAt(long offset, ReadOnlySpan<byte> data)
        {
            var written = 0;
            for (var at = 0; at < data.Length; at += BlockBytes)
            {
                var block = data[at..Math.Min(data.Length, at + BlockBytes)];
                if (!block.ContainsAnyExcept((byte)0))
                {
                    WriteStretch(offset, data, written, at);
                    written = at + block.Length;
                }
            }

            WriteStretch(offset, data, written, data.Length);
        }

        public void SyncData() => file.SyncData();

        public void SetLength(long length) => file.SetLength(length);

        public void Preallocate(long length) => file.SetLength(length);

        public bool TryLock(bool exclusive) => file.TryLock(exclusive);

        public IFileMap Map(long length) => file.Map(length);

        public void Dispose() => file.Dispose();

        private void WriteStretch(long offset, ReadOnlySpan<byte> data, int from, int to)
        {
            if (to > from)
            {
                file.WriteAt(offset + from, data[from..to]);
            }
        }
    }
}
