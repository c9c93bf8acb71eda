using EtcdSharp.Platform.Linux;

namespace EtcdSharp.Platform;

/// <summary>
/// A shared read-only mapping. It may be longer than the file: the bytes past the file's end become readable when
/// the file has grown over them, and must not be touched before.
/// </summary>
internal sealed unsafe class SystemFileMap : IFileMap
{
    private const nint Failed = -1;

    private nint _address;

    private SystemFileMap(nint address, long length)
    {
        _address = address;
        Length = length;
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

    public static SystemFileMap Create(string path, int descriptor, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        nint address = Libc.Map(0, (nuint)length, Libc.ProtectRead, Libc.MapShared, descriptor, 0);
        return address != Failed ? new SystemFileMap(address, length) : throw ErrorNumber.LastException("mmap", path);
    }

    public void Dispose()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address != 0)
        {
            _ = Libc.Unmap(address, (nuint)Length);
        }
    }
}
