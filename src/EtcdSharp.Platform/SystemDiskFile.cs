using System.Runtime.InteropServices;
using EtcdSharp.Platform.Linux;

namespace EtcdSharp.Platform;

/// <summary>
/// One open file of <see cref="SystemDisk"/>. The descriptor stays valid until <see cref="Dispose"/>; the owner
/// sees to it that no other call is under way then.
/// </summary>
internal sealed unsafe class SystemDiskFile : IDiskFile
{
    private const int Closed = -1;

    private readonly bool _writable;
    private int _descriptor;

    public SystemDiskFile(string path, int descriptor, bool writable)
    {
        Path = path;
        _descriptor = descriptor;
        _writable = writable;
    }

    public string Path { get; }

    public long Length
    {
        get
        {
            long length = Libc.Seek(Descriptor(), 0, Libc.SeekEnd);
            return length >= 0 ? length : throw ErrorNumber.LastException("lseek", Path);
        }
    }

    public int ReadAt(long offset, Span<byte> buffer)
    {
        int descriptor = Descriptor();
        int done = 0;
        fixed (byte* start = buffer)
        {
            while (done < buffer.Length)
            {
                nint count = Libc.ReadAt(descriptor, start + done, (nuint)(buffer.Length - done), offset + done);
                if (count == 0)
                {
                    break;
                }

                if (count < 0)
                {
                    ThrowUnlessInterrupted("pread");
                    continue;
                }

                done += (int)count;
            }
        }

        return done;
    }

    public void WriteAt(long offset, ReadOnlySpan<byte> data)
    {
        int descriptor = Descriptor();
        int done = 0;
        fixed (byte* start = data)
        {
            while (done < data.Length)
            {
                nint count = Libc.WriteAt(descriptor, start + done, (nuint)(data.Length - done), offset + done);
                if (count < 0)
                {
                    ThrowUnlessInterrupted("pwrite");
                    continue;
                }

                done += (int)count;
            }
        }
    }

    public void SyncData()
    {
        // A failed sync is never tried again: the kernel may have dropped the pages and marked them clean.
        while (Libc.SyncData(Descriptor()) != 0)
        {
            ThrowUnlessInterrupted("fdatasync");
        }
    }

    public void SetLength(long length)
    {
        while (Libc.SetLength(Descriptor(), length) != 0)
        {
            ThrowUnlessInterrupted("ftruncate");
        }
    }

    public void Preallocate(long length)
    {
        while (Libc.Allocate(Descriptor(), 0, 0, length) != 0)
        {
            if (Marshal.GetLastPInvokeError() == ErrorNumber.NotSupported)
            {
                // Some file systems cannot reserve; the length alone is then the best there is.
                if (Length < length)
                {
                    SetLength(length);
                }

                return;
            }

            ThrowUnlessInterrupted("fallocate");
        }
    }

    public bool TryLock(bool exclusive)
    {
        int operation = (exclusive ? Libc.LockExclusive : Libc.LockShared) | Libc.LockNonBlocking;
        while (Libc.Lock(Descriptor(), operation) != 0)
        {
            if (Marshal.GetLastPInvokeError() == ErrorNumber.TryAgain)
            {
                return false;
            }

            ThrowUnlessInterrupted("flock");
        }

        return TryRangeLock(exclusive);
    }

    public IFileMap Map(long length) => SystemFileMap.Create(Path, Descriptor(), length);

    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, Closed);
        if (descriptor != Closed)
        {
            // Linux has released the descriptor even when close reports an error, and data that matters was synced before.
            _ = Libc.Close(descriptor);
        }
    }

    /// <summary>
    /// etcd guards its database with flock but its log segments with an open-file-description lock, and the two do
    /// not see each other. Holding both keeps either program out of the other's files.
    /// </summary>
    private bool TryRangeLock(bool exclusive)
    {
        if (exclusive && !_writable)
        {
            return true;
        }

        var range = new RangeLock { Type = exclusive ? Libc.RangeLockWrite : Libc.RangeLockRead };
        while (Libc.Control(Descriptor(), Libc.ControlSetOpenFileLock, &range) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error is ErrorNumber.TryAgain or ErrorNumber.AccessDenied)
            {
                return false;
            }

            if (error is ErrorNumber.InvalidArgument or ErrorNumber.NotSupported)
            {
                // Kernels before 3.15 and some network file systems have no such lock; flock holds alone.
                return true;
            }

            ThrowUnlessInterrupted("fcntl(F_OFD_SETLK)");
        }

        return true;
    }

    private int Descriptor()
    {
        int descriptor = Volatile.Read(ref _descriptor);
        ObjectDisposedException.ThrowIf(descriptor == Closed, this);
        return descriptor;
    }

    private void ThrowUnlessInterrupted(string operation)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error != ErrorNumber.Interrupted)
        {
            throw ErrorNumber.ToException(error, operation, Path);
        }
    }
}
