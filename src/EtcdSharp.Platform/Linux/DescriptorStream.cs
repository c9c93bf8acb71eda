using System.Runtime.InteropServices;

namespace EtcdSharp.Platform.Linux;

/// <summary>
/// Bytes from or to a descriptor, by the system calls themselves. A <see cref="FileStream"/> writes to a regular file at an
/// offset of its own, so that programs that share a redirected output would write over one another; the console's stream
/// says nothing when a reader has gone.
/// </summary>
/// <remarks>Safe because each buffer is pinned for its call, and the kernel keeps no pointer to it.</remarks>
internal sealed unsafe class DescriptorStream(int descriptor, string name, bool owned) : Stream
{
    private bool closed;

    /// <summary>What it is, for messages.</summary>
    public string Name { get; } = name;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Opens a file, a device or a named pipe to append to it; a pipe without a reader is waited for by nobody.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static DescriptorStream Append(string path)
    {
        const int Flags = Libc.OpenAppend | Libc.OpenCreate | Libc.OpenCloseOnExec;
        var descriptor = Open(path, Libc.OpenWriteOnly | Libc.OpenNonBlocking | Flags);
        if (descriptor < 0 && Marshal.GetLastPInvokeError() == ErrorNumber.NoReader)
        {
            // A named pipe that nobody reads yet: open for both ways, it takes what its buffer holds.
            descriptor = Open(path, Libc.OpenReadWrite | Flags);
        }

        return descriptor < 0
            ? throw ErrorNumber.LastException("open", path)
            : new DescriptorStream(descriptor, path, owned: true);
    }

    public override int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = Libc.Read(descriptor, start, (nuint)buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                WaitOrThrow("read", PollRequest.Readable);
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="IOException">Not all was written; its HResult is the error number.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[WriteSome(buffer)..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Writes what the other side takes at once, and waits where it takes nothing.</summary>
    /// <returns>How many bytes were written; 0 for an empty buffer alone.</returns>
    public int WriteSome(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = Libc.Write(descriptor, start, (nuint)buffer.Length);
                if (count > 0 || buffer.IsEmpty)
                {
                    return (int)count;
                }

                WaitOrThrow("write", PollRequest.Writable);
            }
        }
    }

    /// <summary>Whether a write would go through without waiting, within a time.</summary>
    public bool IsWritableWithin(TimeSpan time)
    {
        var request = new PollRequest { Descriptor = descriptor, Events = PollRequest.Writable };
        return Libc.Poll(&request, 1, (int)time.TotalMilliseconds) > 0;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (owned && !closed)
        {
            closed = true;
            _ = Libc.Close(descriptor);
        }
    }

    private static int Open(string path, int flags)
    {
        const int Permissions = 0b110_110_110;
        while (true)
        {
            var descriptor = Libc.Open(path, flags, Permissions);
            if (descriptor >= 0 || Marshal.GetLastPInvokeError() != ErrorNumber.Interrupted)
            {
                return descriptor;
            }
        }
    }

    /// <summary>The descriptor may not wait by itself: that is set for all processes that share it.</summary>
    private void WaitOrThrow(string operation, short events)
    {
        switch (Marshal.GetLastPInvokeError())
        {
            case ErrorNumber.Interrupted:
                break;
            case ErrorNumber.TryAgain:
                var request = new PollRequest { Descriptor = descriptor, Events = events };
                _ = Libc.Poll(&request, 1, -1);
                break;
            default:
                throw ErrorNumber.LastException(operation, Name);
        }
    }
}
