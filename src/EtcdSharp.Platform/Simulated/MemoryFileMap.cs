using EtcdSharp.Platform.Linux;

namespace EtcdSharp.Platform.Simulated;

/// <summary>A map of a memory file: address space reserved at full length, of which only written pages take memory.</summary>
internal sealed unsafe class MemoryFileMap : IFileMap
{
    private readonly MemoryDisk _disk;
    private readonly MemoryFile _file;
    private nint _address;

    public MemoryFileMap(MemoryDisk disk, MemoryFile file, string path, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        _disk = disk;
        _file = file;
        Length = length;
        const int Flags = Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve;
        _address = Libc.Map(0, (nuint)length, Libc.ProtectRead | Libc.ProtectWrite, Flags, -1, 0);
        if (_address == -1)
        {
            throw ErrorNumber.LastException("mmap", path);
        }
    }

    public byte* Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address == 0, this);
            return (byte*)_address;
        }
    }

    public long Length { get; }

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        int count = (int)Math.Clamp(Length - offset, 0, data.Length);
        data[..count].CopyTo(new Span<byte>((byte*)_address + offset, count));
    }

    public void Dispose()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address != 0)
        {
            _disk.Unmap(_file, this);
            _ = Libc.Unmap(address, (nuint)Length);
        }
    }
}
